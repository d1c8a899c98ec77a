"""Invented people: names of many kinds, addresses of many grains, diagnoses, employers, numbers a company gives out."""

from bench.classification import identifiers as ids
from bench.classification.worlds import World


def name_three(w: World) -> str:
    """Give a surname and two characters."""
    return w.pick("surname") + w.pick("given") + w.pick("given")


def name_two(w: World) -> str:
    """Give a surname and one character."""
    return w.pick("surname") + w.pick("given")


def name_double(w: World) -> str:
    """Give a double surname with one or two characters."""
    return w.pick("double") + w.pick("given") + (w.pick("given") if w.rng.random() < 0.5 else "")


def name(w: World) -> str:
    """Give a Chinese name as they are spread in a customer table."""
    makers = (name_three, name_two, name_double, lambda x: x.pick("minority"))
    return w.rng.choices(makers, weights=(70, 22, 5, 3))[0](w)


def name_any(w: World) -> str:
    """Give a name of any kind that a text may hold."""
    if w.rng.random() < 0.85:
        return name(w)
    return w.pick(w.rng.choice(["english", "japanese", "minority"]))


def name_english(w: World) -> str:
    """Give an English name."""
    return w.pick("english")


def name_pinyin(w: World) -> str:
    """Give a name as on a passport."""
    return f"{w.pick('pinyin').upper()} {(w.pick('pinyin') + w.pick('pinyin')).upper()}"


def address(w: World) -> str:
    """Give a full address with province or without, to the last part."""
    head = w.rng.choice([w.pick("province"), "", ""]) + w.pick("city") + w.pick("district")
    return head + address_part(w)


def address_part(w: World) -> str:
    """Give road, number and home."""
    n = w.rng.randint
    road = f"{w.pick('road')}{n(1, 999)}号"
    home = w.rng.choice(
        [
            f"{n(1, 30)}幢{n(1, 4)}单元{n(1, 20)}0{n(1, 4)}室",
            f"{n(1, 20)}栋{n(101, 2804)}",
            f"{n(1, 30)}号楼{n(1, 3)}单元{n(101, 1902)}",
            "",
        ]
    )
    return road + (w.pick("estate") if home and n(0, 1) else "") + home


def address_village(w: World) -> str:
    """Give an address in the country."""
    return (
        w.pick("province")
        + w.pick("county")
        + w.pick("town")
        + w.pick("village")
        + f"{w.rng.randint(1, 18)}组{w.rng.randint(1, 99)}号"
    )


def address_short(w: World) -> str:
    """Give district, estate and home, as people say it."""
    return w.pick("district") + w.pick("estate") + f"{w.rng.randint(1, 40)}幢{w.rng.randint(101, 2602)}室"


def address_any(w: World) -> str:
    """Give an address of any grain."""
    makers = (address, address_village, address_short, lambda x: x.pick("district") + address_part(x))
    return w.rng.choices(makers, weights=(5, 2, 2, 2))[0](w)


def address_english(w: World) -> str:
    """Give an address as in an English form."""
    n = w.rng.randint
    road = w.pick("pinyin").title() + w.pick("pinyin")
    return f"Room {n(101, 2808)}, Building {n(1, 20)}, No. {n(1, 900)} {road} Road, Hangzhou"


def email(w: World) -> str:
    """Give an address under a reserved domain."""
    n = w.rng.randint
    local = w.rng.choice(
        [
            f"{w.pick('pinyin')}{w.pick('pinyin')}{n(1, 999)}",
            f"{w.pick('english_given')}.{w.pick('pinyin')}",
            str(n(10**7, 10**10)),
            f"{w.pick('pinyin')}_{n(70, 99)}",
        ]
    )
    return f"{local}@{w.pick('mail')}"


def wechat(w: World) -> str:
    """Give a WeChat name."""
    tail = w.rng.choice([f"_{w.rng.randint(1, 999)}", f"{w.rng.randint(1980, 2005)}", f"-{w.pick('pinyin')}"])
    return w.rng.choice([f"wxid_{ids.hexadecimal(w.rng, 14)}", w.pick("pinyin") + w.pick("pinyin") + tail])


def qq(w: World) -> str:
    """Give a QQ number."""
    return str(w.rng.randint(10**5, 10**10 - 1))


def diagnosis(w: World) -> str:
    """Give a diagnosis, half of them with a qualifier."""
    return w.pick(w.rng.choice(["disease", "qualified"]))


def icd(w: World) -> str:
    """Give a code of ICD-10."""
    return f"{w.rng.choice('ABCDEGIJKLMNS')}{ids.digits(w.rng, 2)}.{ids.digits(w.rng, w.rng.choice([1, 1, 3]))}"


def company_number(w: World, what: str) -> str:
    """Give a number of the company's own form: prefix, year, running digits; the form stays the same for `what`."""
    habit = w.habit(what)
    prefix = habit.choice(
        {"policy": ["P", "PL", "6", "AHA", "88", "GP"], "claim": ["C", "CL", "LP", "90", "RPT"]}.get(what, ["N"])
    )
    middle = habit.choice(["", "", ids.digits(habit, 4)])
    return f"{prefix}{middle}{w.rng.randint(2018, 2025)}{ids.digits(w.rng, habit.choice([8, 9, 10, 12]))}"


def policy_no(w: World) -> str:
    """Give a policy number."""
    return company_number(w, "policy")


def claim_no(w: World) -> str:
    """Give a claim number."""
    return company_number(w, "claim")


def customer_no(w: World) -> str:
    """Give a customer number."""
    habit = w.habit("customer")
    return habit.choice(["C", "KH", "", "CUST"]) + ids.digits(habit, 2) + ids.digits(w.rng, habit.choice([7, 8]))


def employee_no(w: World) -> str:
    """Give an employee number."""
    habit = w.habit("employee")
    return habit.choice(["E", "A", "YG", "EMP"]) + ids.digits(w.rng, habit.choice([5, 6]))


def licence_no(w: World) -> str:
    """Give an agent's practice certificate: twenty digits."""
    return (
        w.habit("licence").choice(["0200", "0000"])
        + w.rng.choice(ids.PROVINCES)
        + ids.digits(w.rng, 4)
        + "800"
        + ids.digits(w.rng, 7)
    )


def organisation(w: World) -> str:
    """Give a firm's name."""
    return w.rng.choice(["", w.pick("city").removesuffix("市")]) + w.pick("organisation")
