"""Who may bring in what another program held."""

from unisson.practice.roles import MANAGER

GRANTS: dict[str, tuple[str, ...]] = {
    "exchange.import_patients": (MANAGER,),
    "exchange.import_agenda": (MANAGER,),
}
