"""The world file that the interface shows, and a folder in which it holds."""

from pathlib import Path

EXAMPLE = """\
world: example
clock: 2026-03-01T09:00:00+08:00     # optional; accepted only with --allow-fixed-clock (apply and serve)
sources:
  - {id: cars, title: {zh: 车险核心, en: Motor core}, url: "sqlite:///cars.db", owner: motor}     # also a folder
datasets:                            # only what scanning cannot know, or a steward's decision
  - id: cars.owners
    subject: owner_no                # the column that names the data subject
    meta: {subject: minor_under_14}  # table facts
    fields: {plate: {category: vehicle_driving, tier: 3}}
people:
  - {id: lin, name: 林工, roles: [actuary]}
roles: {actuary: {purposes: [actuarial_statistics, pricing_study]}}
purposes:                            # a new purpose, or a replacement of a shipped one
  - {id: pricing_study, title: {zh: 费率研究, en: Pricing study}, basis: consent, consent: general, min_cell: 20}
notices: [{purpose: pricing_study, version: "2026-1", text_file: notices/pricing.md, current: true}]
grants:
  - role: actuary                    # or person: lin
    purpose: pricing_study
    dataset: cars.owners
    fields: {owner_no: token, plate: "generalise:prefix(2)", city: raw, mileage: "generalise:floor(1000)"}
    expires_at: 2026-12-31T00:00:00+08:00
consents: {file: consents.csv}       # subject_id,purpose,status,notice_version,at,expires_at,evidence[,kind]
partners: [{id: hospital-a, name: 市一院, kind: medical}]
contacts: {monthly_cap: 3}
"""


def lay_out(folder: Path, text: str | bytes = EXAMPLE) -> Path:
    """Write a world file with everything it refers to; give its path."""
    (folder / "notices").mkdir(exist_ok=True)
    (folder / "notices" / "pricing.md").write_text("为费率研究使用车辆信息。\n", encoding="utf-8")
    (folder / "cars.db").touch()
    (folder / "consents.csv").touch()
    world = folder / "world.yaml"
    world.write_bytes(text if isinstance(text, bytes) else text.encode())
    return world
