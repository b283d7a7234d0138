"""The language of the command line. Pure: a line and a vocabulary in, orders out."""

from unisson.screens.secretary.orders.rules.order import Order
from unisson.screens.secretary.orders.rules.reader import read_line
from unisson.screens.secretary.orders.rules.verbs import Verb
from unisson.screens.secretary.orders.rules.vocabulary import Named, Vocabulary

__all__ = ["Named", "Order", "Verb", "Vocabulary", "read_line"]
