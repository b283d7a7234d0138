"""Who may do what with patients.

Remote agents find or create a person to book for, and open no record.
"""

from unisson.practice.roles import ALL, DESK, MANAGER, PRACTITIONER, REPLACEMENT, SECRETARY

GRANTS: dict[str, tuple[str, ...]] = {
    "patients.search": ALL,
    "patients.create": ALL,
    "patients.look_up_places": ALL,
    "patients.read": DESK,
    "patients.read_history": DESK,
    "patients.update": DESK,
    "patients.check_identity": DESK,
    "patients.note": DESK,
    "patients.review_duplicates": DESK,
    "patients.propose_merge": DESK,
    "patients.merge": (SECRETARY, PRACTITIONER, REPLACEMENT, MANAGER),
    "patients.undo_merge": (SECRETARY, PRACTITIONER, REPLACEMENT, MANAGER),
    "patients.import": (MANAGER,),
}
