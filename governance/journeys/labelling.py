"""What a file of rows says of itself: its purpose, how sensitive its fields are, and until when the grants last."""

from collections.abc import Mapping

from classification.catalogue import labels
from governance.house import House
from governance.journeys.facts import Asked, held_grants
from policies import Decision
from storage import canonical_json, read_only


def labels_of(house: House, asked: Asked, used: Mapping[str, Decision]) -> Mapping[str, str]:
    """Give the metadata of an answer over these fields, but for its receipt.

    Returns:
        `purpose`; `decided_at`; `tiers`, a JSON object from data set to field to tier; `forms`, likewise the forms in
        which they are shown; `tier`, the highest, and `expires_at`, when the first of the grants ends, where known.
    """
    with read_only(house.engine) as session:
        tiers = {
            name: {
                label.field: label.tier
                for label in labels(session, name)
                if label.field in {one.name for one in decision.allowed}
            }
            for name, decision in used.items()
        }
        ends = [grant.expires_at for grant in held_grants(session, asked) if grant.dataset in used]
    forms = {name: {one.name: str(one.form) for one in decision.allowed} for name, decision in used.items()}
    known = [tier for fields in tiers.values() for tier in fields.values() if tier is not None]
    live = [end for end in ends if end is not None and end > asked.at]
    return {
        "purpose": str(asked.purpose),
        "decided_at": asked.at.isoformat(),
        "tiers": canonical_json(tiers),
        "forms": canonical_json(forms),
        **({"tier": str(max(known))} if known else {}),
        **({"expires_at": min(live).isoformat()} if live else {}),
    }
