"""The plan of an operation, as investigators and prosecutors make it together (Schreier, 3.4).

It carries out an adopted proposal. Victims' protection stands before the enforcement plan, and no version is
saved without it: `save_plan` refuses, and so does the table. Texts are saved as versions of a product;
sections are those of `data/codes/products.toml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from analytics.oversight import Actor
from analytics.oversight.heads import find_product_code
from analytics.shared.codes import code_table
from analytics.shared.unwritten import is_unwritten
from analytics.shared.wording import write_day
from analytics.store import Store, read_today
from analytics.tasking.brief import Brief
from analytics.tasking.dossier import gather_dossier
from analytics.tasking.drafts import draft
from analytics.tasking.fillers import DraftMaterial
from analytics.tasking.paper import Paper
from analytics.tasking.products import insert_product, load_product
from analytics.tasking.readiness import (
    ProsecutorConsultation,
    describe_readiness,
    list_unsaid,
    names_somebody,
    says_something,
)
from analytics.tasking.saved_sections import (
    WrittenSection,
    build_content,
    join_by_title,
    list_written_sections,
)
from analytics.tasking.sections import PLAN as KIND

OPTIONS = {
    entry.code: f"{entry.label}: {entry.note[0].lower()}{entry.note[1:]}"
    for entry in code_table("investigative_options").entries
}
VICTIMS = "victims_protection"
_MUST = ("legal_basis", VICTIMS, "victims_risk", "operation_risk", "success")
_BEFORE_OPTION = ("victims_risk", VICTIMS)  # the option is chosen after what it means for those harmed


class VictimsFirst(ValueError):
    """A plan that does not say how victims are protected."""


@dataclass(frozen=True)
class OperationPlan:
    """`texts`: section code -> text; `option`: proactive, reactive or disruptive, with why; `decision_id`:
    the adopted proposal it carries out; `titles`: those the sections were saved with; `consultation`: of a
    prosecutor, empty in plans saved before it was asked for."""

    decision_id: int
    title: str
    option: str | None
    option_reason: str
    texts: Mapping[str, str]
    titles: Mapping[str, str] = field(default_factory=dict)
    consultation: ProsecutorConsultation = ProsecutorConsultation()

    def sections(self) -> list[WrittenSection]:
        """Every section in the order of the plan, then what was saved under sections no longer asked for."""
        return list_written_sections(KIND, {"sections": self.texts, "titles": self.titles})

    def open_items(self) -> list[str]:
        """Sections nobody has written, by their titles."""
        return [section.title for section in self.sections() if is_unwritten(section.text)]


def list_adopted_proposals(store: Store) -> dict[int, str]:
    """Decisions that stand and adopt or amend a brief: number -> what it is."""
    rows = store.rows(
        "SELECT decision_id, title, outcome, decided_at FROM decision JOIN product"
        " ON product.product_id = decision.product_id AND version = product_version"
        " WHERE outcome IN ('adopted', 'amended')"
        "   AND decision_id NOT IN (SELECT supersedes FROM decision WHERE supersedes IS NOT NULL)"
        " ORDER BY decision_id DESC"
    )
    return {
        row["decision_id"]: f"{row['title']} · {row['outcome']} {write_day(row['decided_at'])}"
        for row in rows
    }


def draft_plan(store: Store, decision_id: int) -> OperationPlan:
    """A plan begun from the brief as it was decided on; what that does not say is a prompt. Raises KeyError
    for an unknown decision."""
    brief = load_decided_brief(store, decision_id)
    texts = draft(KIND, DraftMaterial([], brief=brief), read_today())
    return OperationPlan(decision_id, f"Operation plan: {brief.title}", None, "", texts)


def save_plan(
    store: Store,
    actor: Actor,
    plan: OperationPlan,
    *,
    product_id: int | None = None,
    latest_seen: int | None = None,
) -> tuple[int, int]:
    """Save a plan or its next version. Returns (product_id, version).

    Raises VictimsFirst where victims' protection is not written, ValueError where the option or its reason is
    missing or the decision is no adopted one that stands, and what `save_product` raises."""
    if not says_something(plan.texts[VICTIMS]):
        raise VictimsFirst(
            "Say first, in words, how victims are protected: no plan is saved without it, for any "
            "enforcement may put them at risk."
        )
    if plan.option not in OPTIONS or not plan.option_reason.strip():
        raise ValueError(f"Choose the investigative option ({', '.join(OPTIONS)}) and say why.")
    if plan.decision_id not in list_adopted_proposals(store):
        raise ValueError(
            f"Decision {plan.decision_id} adopts no proposal, or a later one superseded it: there is nothing "
            f"to carry out."
        )
    content = {
        "decision_id": plan.decision_id,
        "option": plan.option,
        "option_reason": plan.option_reason.strip(),
        "consultation": _write_consultation(plan.consultation),
    } | build_content(KIND, plan.texts, plan.titles)
    findings = load_decided_brief(store, plan.decision_id).finding_ids
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
                plan.texts[VICTIMS],
                plan.option,
                content["option_reason"],
            ],
        ).fetchall()
    return product, version


def load_plan(store: Store, product_id: int, version: int | None = None) -> OperationPlan:
    """A saved plan, the latest version unless one is named. Raises KeyError where there is none."""
    row = load_product(store, product_id, version)
    content = row["content"]
    return OperationPlan(
        content["decision_id"],
        row["title"],
        content["option"],
        content["option_reason"],
        content["sections"],
        content["titles"],
        _read_consultation(content.get("consultation", {})),
    )


def list_plan_missing(store: Store, plan: OperationPlan) -> list[str]:
    """What a plan still needs before it may be called ready, in the words of the page. Raises KeyError where
    its decision is not known."""
    owners = [load_decided_brief(store, plan.decision_id).owner]
    owners += [
        row["owner"]
        for row in store.rows("SELECT owner FROM action WHERE decision_id = ?", [plan.decision_id])
    ]
    must = [(section.title, section.text) for section in plan.sections() if section.code in _MUST]
    return [
        *([] if plan.decision_id in list_adopted_proposals(store) else ["a decision that stands"]),
        *([] if any(map(names_somebody, owners)) else ["an owner, in the brief or of its action"]),
        *list_unsaid(must),
        *plan.consultation.list_missing(read_today()),
    ]


def build_plan_paper(store: Store, product_id: int, version: int) -> Paper:
    """A saved version for print, under the handling of all that its brief stands on; it says where its
    decision fell."""
    plan = load_plan(store, product_id, version)
    brief = load_decided_brief(store, plan.decision_id)
    adopted = list_adopted_proposals(store).get(plan.decision_id)
    decision = (
        f"Decision {plan.decision_id}: {adopted}."
        if adopted
        else (
            f"Decision {plan.decision_id} no longer stands: a later one superseded it. "
            "Do not act on this plan."
        )
    )
    sections = [
        ("The decision it carries out", decision),
        ("Readiness", describe_readiness(list_plan_missing(store, plan))),
        ("Consultation of a prosecutor", plan.consultation.describe()),
    ]
    option = ("Investigative option", f"{OPTIONS[plan.option or '']}\n{plan.option_reason}")
    follows = find_option_place(plan.sections())
    for section in plan.sections():
        sections += [(section.title, section.text), *([option] if section.code == follows else [])]
    return Paper(
        plan.title,
        gather_dossier(store, brief).handling,
        f"Operation plan {product_id}, version {version}, printed {write_day(read_today())}",
        join_by_title(sections),
        seal=find_product_code(store, product_id, version),
    )


def _write_consultation(consultation: ProsecutorConsultation) -> dict[str, str]:
    return {
        "prosecutor": consultation.prosecutor.strip(),
        "day": consultation.day.isoformat() if consultation.day else "",
        "outcome": consultation.outcome.strip(),
    }


def _read_consultation(saved: Mapping[str, str]) -> ProsecutorConsultation:
    day = saved.get("day", "")
    return ProsecutorConsultation(
        saved.get("prosecutor", ""), date.fromisoformat(day) if day else None, saved.get("outcome", "")
    )


def find_option_place(sections: Sequence[WrittenSection]) -> str:
    """The code of the section after which the investigative option stands."""
    codes = {section.code for section in sections}
    return next(code for code in _BEFORE_OPTION if code in codes)


def load_decided_brief(store: Store, decision_id: int) -> Brief:
    """The brief as it was decided on. Raises KeyError for an unknown decision."""
    rows = store.rows("SELECT product_id, product_version FROM decision WHERE decision_id = ?", [decision_id])
    if not rows:
        raise KeyError(f"There is no decision {decision_id}.")
    return Brief(**load_product(store, rows[0]["product_id"], rows[0]["product_version"])["content"])
