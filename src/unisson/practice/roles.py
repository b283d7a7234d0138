"""The roles a person can hold. One each; a manager who also answers the phone has two accounts."""

SECRETARY = "secretary"
PRACTITIONER = "practitioner"
REPLACEMENT = "replacement"
MANAGER = "manager"
REMOTE_AGENT = "remote_agent"

ALL = (SECRETARY, PRACTITIONER, REPLACEMENT, MANAGER, REMOTE_AGENT)
DESK = (SECRETARY, PRACTITIONER, REPLACEMENT, MANAGER)
CARE = (PRACTITIONER, REPLACEMENT)

LABELS = {
    SECRETARY: "Secrétaire",
    PRACTITIONER: "Praticien",
    REPLACEMENT: "Remplaçant",
    MANAGER: "Gestionnaire",
    REMOTE_AGENT: "Téléconseiller",
}
