"""Words that people use for the same thing at work, so that one finds the other.

A line is a family: the first comes before the comma, forms of a word (plural, -ing) need no entry,
as both sides are reduced to their stems by the database.
"""

from __future__ import annotations

from functools import cache

FAMILIES = """
access, entry, admission
address, location
agreement, contract, deal
allowance, benefit
amend, change, modify, alter, edit, revise, update
annual, yearly
answer, reply, response
application, app
appointment, booking, reservation
approval, authorisation, permission, consent, clearance
assess, evaluate, appraise
assistance, help, support, aid
begin, start, commence
bill, invoice
business, company, firm, enterprise
buy, purchase, procure
calendar, diary, agenda
cancel, revoke, annul, withdraw
car, vehicle, automobile
certificate, certification
charge, fee, cost, price
chart, graph, plot
check, inspect, verify, examine
child, kid
choose, select, pick
claim, request, application
client, customer
colleague, coworker, teammate
complaint, grievance
confirm, verify, validate
copy, duplicate
country, nation
daily, day
data, information, figures
deadline, due
dealer, trader, merchant
death, decease
delete, remove, erase
delivery, shipment, dispatch
department, division
dispute, conflict, disagreement
doc, document, paper, paperwork
download, export, extract
driver, motorist
education, schooling, teaching
employ, hire, recruit
employee, staff, worker, personnel
employment, job, work
end, finish, terminate, conclude
error, mistake, fault, bug, failure
estimate, forecast, prediction
fast, quick, rapid, speed
file, attachment
fill, complete
find, search, locate, lookup
form, questionnaire
fund, finance, money
goods, merchandise, products
grant, subsidy, award
guide, manual, handbook, instruction
health, medical
holiday, vacation, leave
home, house, dwelling
import, upload, load
inform, notify, notification, alert, notice, reminder
inspection, audit, examination
issue, problem, trouble
learn, training, course
law, legal, legislation
licence, license, permit
list, overview, register
login, sign, signin, logon, password
mail, email, message
manager, boss, supervisor, lead
measure, metric, kpi
meeting, session, call
monthly, month
new, fresh
office, site
old, legacy
order, requisition
overseas, abroad, foreign
owner, proprietor
part, component
pay, payment, remuneration
payroll, salary, wage
people, persons, individuals
phone, mobile, telephone
photo, picture, image
plan, schedule, timetable, roster, rota, shift
print, printout
producer, manufacturer, maker
property, estate, land
protection, safety, security
provide, supply
receipt, voucher
record, entry, log
refund, reimbursement, repayment
register, registration, enrolment, signup
renew, renewal, extension
rent, lease
repair, fix, mend
report, statement, return
rule, regulation, policy
scheme, programme, initiative
send, submit, submission, transmit
service, facility
shop, store, branch
slow, lag, delay, wait, late
spreadsheet, excel, workbook, sheet
stop, halt, cease
student, pupil, learner
survey, poll, questionnaire
system, tool, software, program, application
table, grid
tax, duty, levy
test, exam, trial
ticket, incident
town, city
trade, commerce, trading
transfer, move, relocate
travel, trip, journey
trust, rely
user, member
view, see, display, show
visit, inspection
weekly, week
woman, female
year, annual
"""

LONGEST = 8


@cache
def _families() -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for line in FAMILIES.strip().splitlines():
        family = line.split(", ")
        for word in family:
            found.setdefault(word, {}).update(dict.fromkeys(family))
    return {
        word: tuple(other for other in family if other != word)[:LONGEST]
        for word, family in found.items()
    }


def synonyms_of(word: str) -> tuple[str, ...]:
    """Other words for `word` (lower case), also where it stands in the plural or as a doing."""
    for form in _forms(word):
        if form in _families():
            return _families()[form]
    return ()


def _forms(word: str) -> list[str]:
    """`word` itself, and what it may be a form of."""
    forms = [word]
    for ending, plain in (("ies", "y"), ("es", "e"), ("es", ""), ("s", ""), ("ing", ""),
                          ("ing", "e"), ("ed", ""), ("ed", "e"), ("d", ""),
                          ("ations", "ation")):  # fmt: skip
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            forms.append(word[: len(word) - len(ending)] + plain)
    return forms
