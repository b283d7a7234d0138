"""Who may do what with the practice itself."""

from unisson.core.access import ANYONE
from unisson.practice.roles import ALL, MANAGER

GRANTS = {
    "session.sign_in": [ANYONE],
    "session.sign_out": ALL,
    "session.lock": ALL,
    "practice.first_run": [ANYONE],
    "practice.configure": [MANAGER],
    "practice.manage_staff": [MANAGER],
    "audit.read": [MANAGER],
}
