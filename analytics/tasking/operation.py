"""The plan of an operation, as investigators and prosecutors make it together (Schreier, 3.4).

It carries out an adopted proposal. Victims' protection stands before the enforcement plan, and no version is
saved without it: `save_plan` refuses, and so does the table. Texts are saved as versions of a product;
sections are those of `data/codes/products.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from analytics.intelligence.codes import code_table
from analytics.oversight import Actor
from analytics.store import Store
from analytics.tasking.brief import TO_WRITE, Brief, is_open
from analytics.tasking.dossier import gather
from analytics.tasking.paper import Paper
from analytics.tasking.products import insert_product, load_product

KIND = "operation plan"
_SECTIONS = code_table("operation_plan").entries
PLAN_SECTIONS = {entry.code: entry.label for entry in _SECTIONS}
OPTIONS = {
    entry.code: f"{entry.label}: {entry.note[0].lower()}{entry.note[1:]}"
    for entry in code_table("investigative_options").entries
}
# What stands in a brief already is where the plan begins.
_FROM_BRIEF = {
    "subject": ("what",),
    "profile": ("who_is_responsible", "where", "when", "how_sure"),
    "victims_protection": ("victims_safety",),
    "victims_risk": ("who_is_harmed",),
    "legal_basis": ("legal_basis",),
    "strategies": ("prevention", "intelligence"),
    "tactics": ("enforcement",),
    "operation_risk": ("risks",),
    "resources": ("resources",),
}


class VictimsFirst(ValueError):
    """A plan that does not say how victims are protected."""


@dataclass(frozen=True)
class Plan:
    """`texts`: section code -> text; `option`: proactive, reactive or disruptive, with why; `decision_id`:
    the adopted proposal it carries out."""

    decision_id: int
    title: str
    option: str | None
    option_reason: str
    texts: Mapping[str, str]

    def open_items(self) -> list[str]:
        """Sections nobody has written, by their labels."""
        return [label for code, label in PLAN_SECTIONS.items() if is_open(self.texts[code])]


def adopted_proposals(store: Store) -> dict[int, str]:
    """Decisions that stand and adopt or amend a brief: number -> what it is."""
    rows = store.rows(
        "SELECT decision_id, title, outcome, decided_at FROM decision JOIN product"
        " ON product.product_id = decision.product_id AND version = product_version"
        " WHERE outcome IN ('adopted', 'amended')"
        "   AND decision_id NOT IN (SELECT supersedes FROM decision WHERE supersedes IS NOT NULL)"
        " ORDER BY decision_id DESC"
    )
    return {
        row["decision_id"]: f"{row['title']} · {row['outcome']} {row['decided_at']:%d %b %Y}" for row in rows
    }


def draft_plan(store: Store, decision_id: int) -> Plan:
    """A plan begun from the brief as it was decided on; what that does not say is a prompt. Raises KeyError
    for an unknown decision."""
    brief = brief_of(store, decision_id)
    texts = {entry.code: TO_WRITE + entry.more["prompt"] for entry in _SECTIONS}
    for code, parts in _FROM_BRIEF.items():
        said = [text for part in parts if not is_open(text := getattr(brief, part))]
        texts[code] = "\n".join(said) or texts[code]
    return Plan(decision_id, f"Operation plan: {brief.title}", None, "", texts)


def save_plan(
    store: Store, actor: Actor, plan: Plan, *, product_id: int | None = None, latest_seen: int | None = None
) -> tuple[int, int]:
    """Save a plan or its next version. Returns (product_id, version).

    Raises VictimsFirst where victims' protection is not written, ValueError where the option or its reason is
    missing or the decision is no adopted one that stands, and what `save_product` raises."""
    if is_open(plan.texts["victims_protection"]):
        raise VictimsFirst(
            "Say first how victims are protected: no plan is saved without it, for any enforcement may put "
            "them at risk."
        )
    if plan.option not in OPTIONS or not plan.option_reason.strip():
        raise ValueError(f"Choose the investigative option ({', '.join(OPTIONS)}) and say why.")
    if plan.decision_id not in adopted_proposals(store):
        raise ValueError(
            f"Decision {plan.decision_id} adopts no proposal, or a later one superseded it: there is nothing "
            f"to carry out."
        )
    content = {
        "decision_id": plan.decision_id,
        "option": plan.option,
        "option_reason": plan.option_reason.strip(),
        "texts": dict(plan.texts),
    }
    findings = brief_of(store, plan.decision_id).finding_ids
    with store.write(changes_data=False) as cursor:
        product, version = insert_product(
            cursor, actor, KIND, plan.title, content, findings, product_id=product_id, latest_seen=latest_seen
        )
        cursor.execute(
            "INSERT INTO operation_plan VALUES (?, ?, ?, ?, ?, ?)",
            [
                product,
                version,
                plan.decision_id,
                plan.texts["victims_protection"],
                plan.option,
                content["option_reason"],
            ],
        ).fetchall()
    return product, version


def load_plan(store: Store, product_id: int, version: int | None = None) -> Plan:
    """A saved plan, the latest version unless one is named. Raises KeyError where there is none."""
    row = load_product(store, product_id, version)
    content = row["content"]
    return Plan(
        content["decision_id"], row["title"], content["option"], content["option_reason"], content["texts"]
    )


def plan_paper(store: Store, product_id: int, version: int) -> Paper:
    """A saved version for print, under the handling of all that its brief stands on; it says where its
    decision fell."""
    plan = load_plan(store, product_id, version)
    brief = brief_of(store, plan.decision_id)
    adopted = adopted_proposals(store).get(plan.decision_id)
    sections = {
        "The decision it carries out": f"Decision {plan.decision_id}: {adopted}."
        if adopted
        else f"Decision {plan.decision_id}, which no longer stands: a later one superseded it. Do not act on "
        f"this plan."
    }
    for code, label in PLAN_SECTIONS.items():
        sections[label] = plan.texts[code]
        if code == "victims_risk":  # what is chosen follows what it means for those harmed
            sections["Investigative option"] = f"{OPTIONS[plan.option]}\n{plan.option_reason}"
    return Paper(
        plan.title,
        gather(store, brief).handling,
        f"Operation plan {product_id}, version {version}, printed {date.today():%d %b %Y}",
        sections,
    )


def brief_of(store: Store, decision_id: int) -> Brief:
    """The brief as it was decided on. Raises KeyError for an unknown decision."""
    rows = store.rows("SELECT product_id, product_version FROM decision WHERE decision_id = ?", [decision_id])
    if not rows:
        raise KeyError(f"There is no decision {decision_id}.")
    return Brief(**load_product(store, rows[0]["product_id"], rows[0]["product_version"])["content"])
