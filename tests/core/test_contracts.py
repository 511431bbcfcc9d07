"""The contracts of pyproject.toml cover every app and every private file."""

import tomllib

from core.local.layout import ROOT

PRIVATE = ("views", "forms", "tasks", "urls", "receivers", "admin", "api")
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS = {contract["id"]: contract for contract in CONFIG["contracts"]}


def apps() -> set[str]:
    """Every package with an apps.py."""
    return {path.parent.name for path in ROOT.glob("*/apps.py")}


def test_every_app_has_a_floor() -> None:
    layers = {
        name.strip(" ()") for layer in CONTRACTS["floors"]["layers"] for name in layer.split("|")
    }
    assert apps() <= set(CONFIG["root_packages"])
    assert apps() <= layers


def test_every_domain_app_has_floors_inside() -> None:
    assert set(CONTRACTS["files"]["containers"]) == apps() - {"core", "config"}
    assert CONTRACTS["files"]["exhaustive"] is True


def test_every_private_file_is_protected() -> None:
    listed = {
        module
        for contract in CONTRACTS.values()
        if contract["type"] == "protected"
        for module in contract["protected_modules"]
    }
    existing = {
        f"{app}.{name}"
        for app in apps() - {"core", "config"}
        for name in PRIVATE
        if (ROOT / app / f"{name}.py").exists() or (ROOT / app / name).is_dir()
    }
    assert listed == existing


def test_every_rules_file_is_pure() -> None:
    existing = {f"{path.parent.name}.rules" for path in ROOT.glob("*/rules*")}
    assert set(CONTRACTS["pure-rules"]["source_modules"]) == existing
    assert {"django", "celery"} <= set(CONTRACTS["pure-rules"]["forbidden_modules"])
