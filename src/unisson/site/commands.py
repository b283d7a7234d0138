"""`unisson init`, `serve`, `backup`, `restore` and `manage`: what runs a real practice."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Callable
from pathlib import Path

from unisson.site.failures import Failed

LOOPBACK = ("127.0.0.1", "::1", "localhost")
PASSPHRASE = "UNISSON_PASSPHRASE"  # noqa: S105 (the name of an environment variable)


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add this module's commands to `unisson`."""
    init = commands.add_parser("init", help="préparer le dossier et la base d’un cabinet")
    init.add_argument(
        "--data", type=Path, help="dossier des données (défaut : UNISSON_DATA ou var)"
    )
    init.set_defaults(run=_said(_init))

    serve = commands.add_parser("serve", help="mettre le serveur en marche")
    serve.add_argument("--data", type=Path, help="dossier des données")
    serve.add_argument("--host", default="127.0.0.1", help="adresse d’écoute (défaut : 127.0.0.1)")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--workers", type=int, help="processus, avec PostgreSQL seulement")
    serve.set_defaults(run=_said(_serve))

    backup = commands.add_parser("backup", help="sauvegarder, même pendant le travail")
    backup.add_argument("file", type=Path, help="fichier à écrire, ou dossier (nom avec la date)")
    backup.add_argument("--data", type=Path, help="dossier des données")
    backup.add_argument(
        "--seal", action="store_true", help=f"fermer par une phrase de passe (ou {PASSPHRASE})"
    )
    backup.add_argument("--keep", type=int, help="dans un dossier : nombre de sauvegardes gardées")
    backup.set_defaults(run=_said(_backup))

    restore = commands.add_parser("restore", help="remettre une sauvegarde en place")
    restore.add_argument("file", type=Path)
    restore.add_argument("--data", type=Path, help="dossier des données")
    restore.add_argument(
        "--replace", action="store_true", help="remplacer le cabinet présent, gardé à côté"
    )
    restore.add_argument(
        "--check", action="store_true", help="reconstruire à part et vérifier, sans rien remplacer"
    )
    restore.set_defaults(run=_said(_restore))

    manage = commands.add_parser("manage", help="commandes de Django", add_help=False)
    manage.add_argument("rest", nargs=argparse.REMAINDER)
    manage.set_defaults(run=_said(_manage))


def _said(
    command: Callable[[argparse.Namespace], int | None],
) -> Callable[[argparse.Namespace], int]:
    """Choose the data folder; show an expected failure as a sentence, not as a traceback."""

    def run(options: argparse.Namespace) -> int:
        # What these commands write holds names: for this account of the system alone.
        os.umask(0o077)
        if getattr(options, "data", None):
            os.environ["UNISSON_DATA"] = str(options.data)
        try:
            return command(options) or 0
        except Failed as error:
            sys.stderr.write(f"{error}\n")
            return 1
        except KeyboardInterrupt:
            return 130
        finally:
            _disconnect()

    return run


def _disconnect() -> None:
    from django.apps import apps

    from unisson.site.server import disconnect

    if apps.ready:
        disconnect()


def _say(text: str = "") -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _setup() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unisson.site.settings")
    django.setup()


def _init(options: argparse.Namespace) -> None:
    _setup()
    from django.conf import settings
    from django.core.management import call_command

    from unisson.practice.queries import is_founded

    os.chmod(settings.DATA, 0o700)
    call_command("migrate", interactive=False, verbosity=0)
    _say(f"Dossier : {settings.DATA}")
    _say("Base prête.")
    if is_founded():
        _say("Un cabinet y existe déjà : lancez « unisson serve ».")
        return
    _say("Lancez maintenant « unisson serve », puis ouvrez dans un navigateur :")
    _say("  http://127.0.0.1:8000/premiere-fois/")
    _say("Depuis un autre ordinateur, la page demande ce code, valable jusqu’à la création :")
    _say(f"  {_code()}")


def _code() -> str:
    from unisson.screens.session.first_run.door import one_time_code

    return one_time_code()


def _serve(options: argparse.Namespace) -> None:
    from unisson.site.server import address_of, serve

    serve(
        options.host,
        options.port,
        options.workers,
        on_ready=lambda: _welcome(options.host, address_of(options.host, options.port)),
    )


def _welcome(host: str, address: str) -> None:
    from django.conf import settings

    from unisson.practice.queries import is_founded

    if is_founded():
        _say(f"Unisson : {address}")
    else:
        _say(f"Unisson : {address}/premiere-fois/")
        _say(f"Code de première mise en service : {_code()}")
    if host not in LOOPBACK and not settings.BEHIND_PROXY:
        _say(
            "Attention : sans HTTPS devant ce serveur, les noms et les mots de passe circulent "
            "en clair. Voir UNISSON_HTTPS et UNISSON_HOSTS dans la documentation."
        )
    _say("Ctrl C pour arrêter.")


def _passphrase(*, twice: bool) -> str:
    if given := os.environ.get(PASSPHRASE):
        return given
    typed = getpass.getpass("Phrase de passe : ")
    if twice and typed != getpass.getpass("Encore une fois : "):
        raise Failed("Les deux saisies diffèrent. Rien n’a été écrit.")
    return typed


def _backup(options: argparse.Namespace) -> None:
    _setup()
    from unisson.site import backup

    passphrase = _passphrase(twice=True) if options.seal else None
    made = backup.create(options.file, passphrase=passphrase, keep=options.keep)
    held = made.manifest
    _say(f"{made.path} : {_megabytes(made.size)}, relue et vérifiée.")
    _say(f"{held.practice or 'Sans cabinet'}, {sum(held.counts.values())} lignes dans "
         f"{len(held.counts)} tables, {held.audit_rows} au journal, chaîne intacte.")  # fmt: skip
    _say(f"SHA-256 de la base : {held.sha256}")
    if passphrase:
        _say("Sans la phrase de passe, ce fichier ne se rouvre pas : gardez-la ailleurs.")


def _restore(options: argparse.Namespace) -> None:
    _setup()
    from django.conf import settings

    from unisson.site import backup
    from unisson.site.server import running

    passphrase = _passphrase(twice=False) if _sealed(options.file) else None
    if options.check:
        held = backup.try_out(options.file, passphrase=passphrase)
        _say(f"Sauvegarde du {held.made_at}, {held.practice} : reconstruite à part, complète, "
             "chaîne du journal intacte. Rien n’a été remplacé.")  # fmt: skip
        return
    with running(settings.DATA, alone=True):
        done = backup.restore(options.file, passphrase=passphrase, replace=options.replace)
    _say(f"Restauré : {done.manifest.practice}, sauvegarde du {done.manifest.made_at}, vérifiée.")
    if done.kept:
        _say(f"Ce qui était là avant est gardé : {done.kept}")


def _sealed(path: Path) -> bool:
    from unisson.site.sealing import is_sealed

    try:
        with path.open("rb") as file:
            return is_sealed(file)
    except OSError:
        return False


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} Mo".replace(".", ",")


def _manage(options: argparse.Namespace) -> None:
    from django.core.management import execute_from_command_line

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unisson.site.settings")
    execute_from_command_line(["unisson manage", *options.rest])
