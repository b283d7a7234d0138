"""Who may do what with the practice itself."""

from unisson.core.access import ANYONE, SYSTEM
from unisson.practice.roles import ALL, MANAGER

GRANTS = {
    # Before anyone is known, or while the desk is locked: the act itself asks for a secret.
    "session.sign_in": [ANYONE],
    "session.unlock": [ANYONE],
    "session.sign_out": [ANYONE],
    "session.lock": ALL,
    "session.stay": ALL,
    "session.own_secrets": ALL,
    "practice.first_run": [ANYONE],
    # The first-run pages and the demonstration, in the program's own name: see `found`.
    "practice.found": [SYSTEM],
    "practice.configure": [MANAGER],
    "practice.manage_staff": [MANAGER],
    # On the command line of the server, in the program's own name.
    "practice.backup": [SYSTEM],
    "practice.restore": [SYSTEM],
    "practice.see_backups": [MANAGER],
    "audit.read": [MANAGER],
    "audit.verify": [MANAGER],
    "audit.export": [MANAGER],
}
