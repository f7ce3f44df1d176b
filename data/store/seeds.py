"""Initiatives to start with: European city projects, each fact read on the public page kept with it; an unknown is left empty.

Pages were read in stored copies on the day CHECKED. Where a page states a month only, the start is its first day and the end its last; universities
count as public. Projects known from a list of selected ones only are at the stage "detected", with the list's topic (urban poverty: work and income). The sector of a partner is the house's reading of what the page calls it. `python -m data.store.seeds` puts them into the register.
"""

from __future__ import annotations

import sys
from typing import Any

from data.store import register

CHECKED = "2026-11-24"
UIA = "ERDF, Urban Innovative Actions"
_FIRST_CALL = "https://www.forumdascidades.pt/content/urban-innovative-actions-18-projectos-inovadores-aprovados"
_JOBS = "https://www.uia-initiative.eu/en/theme/jobs-and-skills-local-economy"


def _seed(
    name: str,
    city: str,
    country: str,
    topic: str,
    theme: str,
    address: str,
    fact: str,
    *,
    stage: str = "applied",
    partners: str = "",
    **more: Any,
) -> dict[str, Any]:
    """One initiative; partners as 'name|sector|role; ...'; fact: what the page says."""
    evidence = [{"address": address, "checked": CHECKED, "fact": fact}, *more.pop("also", [])]
    return {
        "name": name,
        "city": city,
        "country": country,
        "topic": topic,
        "theme": theme,
        "kind": "practice",
        "stage": stage,
        "funding": UIA,
        "partners": partners,
        "evidence": evidence,
        **more,
    }


def _page(address: str, fact: str) -> dict[str, str]:
    return {"address": address, "checked": CHECKED, "fact": fact}


def seeds() -> list[dict[str, Any]]:
    """The initiatives, ready for register.check."""
    first, jobs = (
        "name, city, topic; selected in the first call, October 2016",
        "name, city; selected under jobs and skills",
    )
    return [
        _seed(
            "CURANT",
            "Antwerp",
            "BE",
            "housing",
            "social",
            "https://observatoriosociallacaixa.org/en/-/curant",
            "aim, lead, target group, years",
            about="Young refugees share homes with local buddies and are coached one by one",
            target_group="unaccompanied young adult refugees",
            start="2016-11-01",
            end="2019-10-31",
            reached=81,
            partners="City of Antwerp|public|lead; Solentra|non-profit|psychological support; Vormingplus Antwerpen|non-profit|matches buddies; "
            "Atlas|public|integration and Dutch courses; JES vzw|non-profit|coaching; University of Antwerp, CeMIS|public|evaluation",
            outcomes=[
                {"indicator": "refugees who lived with a buddy", "value": "81", "unit": "persons", "date": "2019-10-31"}
            ],
            also=[
                _page("https://european-social-fund-plus.ec.europa.eu/hr/node/618", "81 refugees, 77 buddies"),
                _page("https://uia-initiative.eu/en/news-events/art-matching-buddy-and-young-refugee", "partners"),
            ],
        ),
        _seed(
            "S.A.L.U.S. W SPACE (Salus Space)",
            "Bologna",
            "IT",
            "housing",
            "social",
            "http://www.comune.bologna.it/internationalrelations/notizie/160:38509/",
            "aim, coordinator, 17 stakeholders, budget",
            about="A disused clinic becomes homes, workshops and a centre for intercultural welfare",
            target_group="migrants and refugees",
            budget_eur=6_250_000,
            start="2017-01-31",
            partners="Municipality of Bologna|public|lead; ASP Città di Bologna|public|services to people; IRS|non-profit|research",
        ),
        _seed(
            "U-RLP (Plan Einstein)",
            "Utrecht",
            "NL",
            "housing",
            "social",
            "https://www.housingevolutions.eu/project/refugee-launch-pad/",
            "actors",
            about="Asylum-seekers and local young people live and learn under one roof",
            target_group="asylum-seekers and neighbours",
            languages="English",
            start="2016-11-01",
            end="2019-10-31",
            stage="scaled",
            partners="Gemeente Utrecht|public|lead; Socius Wonen|private|housing; Universiteit Utrecht|public|courses in entrepreneurship; "
            "Volksuniversiteit Utrecht|non-profit|English courses; Social Impact Factory|non-profit|business incubation; "
            "VluchtelingenWerk Midden-Nederland|non-profit|refugee support; University of Oxford, COMPAS|public|evaluation; "
            "Roehampton University|public|evaluation",
            also=[
                _page("https://www.uia-initiative.eu/fr/uia-cities/utrecht", "ERDF granted: EUR 2,778,313.32"),
                _page(
                    "https://www.compas.ox.ac.uk/project/utrecht-refugee-launchpad/", "November 2016 to October 2019"
                ),
            ],
        ),
        _seed(
            "CoRE",
            "Vienna",
            "AT",
            "work",
            "social",
            "https://eb.ssr-wien.at/index.php/en/32-projekte-international-en/143-core",
            "partners, duration, aim",
            about="A centre of refugee empowerment: courses and advice from the first day, run with refugees",
            target_group="refugees",
            start="2016-11-01",
            end="2019-10-31",
            partners="City of Vienna, MA 17|public|lead; Vienna Social Fund|public|partner; Vienna Business Agency|public|partner; "
            "waff|public|partner; Vienna Board of Education|public|partner",
        ),
        _seed(
            "ReFuMuc",
            "Munich",
            "DE",
            "diversity",
            "social",
            _FIRST_CALL,
            first,
            stage="detected",
            target_group="migrants and refugees",
        ),
        _seed(
            "B-MINCOME",
            "Barcelona",
            "ES",
            "work",
            "social",
            "https://docslib.org/doc/4868995/the-b-mincome-project-journal-n%C2%B02-money-for-whom",
            "aim and partners",
            about="A guaranteed minimum income with four kinds of active policies, compared with a control group",
            target_group="households in poverty",
            start="2017-10-01",
            end="2019-10-31",
            partners="Ajuntament de Barcelona|public|lead; The Young Foundation|non-profit|partner; IVALUA|public|partner; "
            "IGOP and ICTA, UAB|public|research; Polytechnic University of Catalonia|public|partner; NOVACT|non-profit|partner",
            also=[
                _page(
                    "https://tesserae.eu/content/b-mincome-urban-innovative-actions-2",
                    "1,000 households; October 2017 to October 2019",
                ),
                _page("https://www.uia-initiative.eu/fr/uia-cities/barcelona", "ERDF granted: EUR 4,854,088.56"),
            ],
        ),
        _seed(
            "USE-IT!",
            "Birmingham",
            "UK",
            "work",
            "economic",
            "https://innovations.upsocial.org/en/unlocking-social-and-economic-innovation-together-use-it",
            "partners and results",
            about="Links large building projects with the skills of the neighbourhood, such as migrants trained in medicine",
            target_group="residents and migrants in poor neighbourhoods",
            partners="Birmingham City Council|public|lead; University of Birmingham|public|research; Birmingham City University|public|research; "
            "Initiative for Social Entrepreneurs|non-profit|social enterprise; KPMG|private|partner; Sandwell Council|public|partner",
            outcomes=[
                {
                    "indicator": "people with overseas medical training in work",
                    "value": "22",
                    "unit": "persons",
                    "date": "",
                },
                {"indicator": "community researchers trained", "value": "60", "unit": "persons", "date": ""},
            ],
            also=[
                _page(
                    "https://blog.bham.ac.uk/cityredi/use-it-unlocking-social-and-economic-innovation-together/",
                    "ERDF: EUR 3.64 million",
                )
            ],
        ),
        _seed("TAST'in FIVE", "Lille", "FR", "work", "social", _FIRST_CALL, first, stage="detected"),
        _seed("5Bridges", "Nantes", "FR", "work", "social", _FIRST_CALL, first, stage="detected"),
        _seed("MAC", "Pozzuoli", "IT", "work", "social", _FIRST_CALL, first, stage="detected"),
        _seed(
            "Co-City",
            "Turin",
            "IT",
            "participation",
            "social",
            "http://comune.torino.it/benicomuni/eng_version/project/index.shtml",
            "partners, dates, budget of 5.1 million euros",
            about="Residents and the city look after urban commons together, by pacts of collaboration",
            kind="structural change",
            target_group="residents of fragile areas",
            budget_eur=5_100_000,
            start="2017-03-01",
            end="2020-02-29",
            partners="City of Turin|public|lead; University of Turin|public|computing and law; ANCI|public|association of municipalities; "
            "Fondazione Cascina Roccafranca|non-profit|network of neighbourhood houses",
        ),
        _seed(
            "AS-FABRIK",
            "Bilbao",
            "ES",
            "work",
            "economic",
            _JOBS,
            jobs,
            stage="detected",
            about="Alliance for smart specialisation in advanced services towards the digital transformation of industry",
        ),
        _seed(
            "MARES",
            "Madrid",
            "ES",
            "work",
            "economic",
            "https://www.europapress.es/madrid/noticia-comision-europea-remarca-experiencia-reconocida-capacidad-entidades-economia-social-forman-mares-20180702183741.html",
            "partners; ERDF of 4.8 million euros",
            about="Disused places become workshops of the social and solidarity economy in four districts",
            target_group="unemployed residents",
            partners="Ayuntamiento de Madrid|public|lead; Agencia para el Empleo|public|partner; Tangente|non-profit|partner; "
            "Dinamia|private|partner; Ecooo|private|partner; Acción contra el Hambre|non-profit|partner; "
            "Vivero de Iniciativas Ciudadanas|non-profit|partner; Todo por la Praxis|non-profit|partner; Estudio SIC|private|partner",
            also=[
                _page(
                    "https://ec.europa.eu/regional_policy/projects/projects-database/supporting-growth-in-madrids-social-economy_en",
                    "aim, districts",
                )
            ],
        ),
        _seed(
            "OpenAgri",
            "Milan",
            "IT",
            "work",
            "environmental",
            _JOBS,
            jobs,
            stage="detected",
            about="New skills for new jobs in peri-urban agriculture",
        ),
        _seed(
            "BRIDGE",
            "Rotterdam",
            "NL",
            "work",
            "economic",
            "https://www.nprz.nl/activiteit/bridge",
            "aim, ERDF of 4.9 million euros, 2,000 pupils a year",
            about="Career guarantees for pupils who choose care, technology, port or food",
            target_group="young people of Rotterdam South",
            partners="Nationaal Programma Rotterdam Zuid|public|programme; City of Rotterdam|public|lead",
        ),
        _seed(
            "Curing the Limbo",
            "Athens",
            "EL",
            "housing",
            "social",
            "https://docslib.org/doc/11832592/curing-the-limbo-journal-4",
            "aim and partnership",
            about="Refugees get affordable homes in vacant flats and take part in neighbourhood initiatives",
            target_group="recognised refugees",
            start="2018-04-01",
            end="2021-03-31",
            languages="Greek, English",
            partners="Municipality of Athens|public|lead; Athens Development and Destination Management Agency|public|partner; "
            "National and Kapodistrian University of Athens|public|partner; Catholic Relief Services|non-profit|partner; "
            "International Rescue Committee|non-profit|partner",
            also=[_page("https://www.uia-initiative.eu/fr/taxonomy/term/137", "dates; ERDF EUR 4,999,748.80")],
        ),
        _seed(
            "MiFriendly Cities",
            "Coventry",
            "UK",
            "participation",
            "social",
            "https://www.coventry.ac.uk/primary-news/4m-funding-win-for-west-midlands-cities-migration-friendly-plan/",
            "aim; ERDF EUR 4,280,640",
            about="Three cities train health champions, citizen journalists and social entrepreneurs among newcomers",
            target_group="migrants and refugees",
            partners="Coventry City Council|public|lead; Birmingham City Council|public|city; City of Wolverhampton Council|public|city",
            also=[
                _page(
                    "https://mifriendlycities.co.uk/",
                    "partnership of eleven, among them three cities, a university, migrant-run charities",
                )
            ],
        ),
        _seed(
            "CALICO",
            "Brussels",
            "BE",
            "housing",
            "social",
            "https://evabxl.be/project/care-and-living-in-community-calico",
            "aim and partners",
            about="34 homes on community land, with care between generations",
            target_group="older people, single parents, families with low income",
            start="2018-11-01",
            end="2021-10-31",
            partners="Brussels-Capital Region, Bruxelles Logement|public|lead; Community Land Trust Brussels|non-profit|land and homes; "
            "Pass-ages|non-profit|birth and end-of-life care; Angela.D|non-profit|homes for women; Vrije Universiteit Brussel|public|research; "
            "perspective.brussels|public|partner; EVA bxl|non-profit|partner; Commune of Forest|public|partner",
            outcomes=[{"indicator": "homes", "value": "34", "unit": "dwellings", "date": "2021-09-04"}],
            also=[_page("https://researchportal.be/nl/node/4819836", "1 November 2018 to 31 October 2021")],
        ),
        _seed(
            "ICCARus",
            "Ghent",
            "BE",
            "housing",
            "social",
            "https://stad.gent/en/international-projects/news-events/european-funding-renovate-houses-captive-residents",
            "aim, partners, ERDF of five million euros",
            about="A revolving fund renovates homes of owners who cannot afford it",
            kind="structural change",
            target_group="owners in poor housing without means",
            partners="City and OCMW of Ghent|public|lead; KU Leuven|public|research; UGent|public|research; AP Hogeschool|public|research; "
            "SLOC|non-profit|partner; Domus Mundi|non-profit|partner; REGent|non-profit|partner",
        ),
        _seed("AVEIRO STEAMCity", "Aveiro", "PT", "learning", "economic", _JOBS, jobs, stage="detected"),
        _seed("Cluj Future of Work", "Cluj-Napoca", "RO", "work", "economic", _JOBS, jobs, stage="detected"),
        _seed(
            "UFIL",
            "Cuenca",
            "ES",
            "work",
            "environmental",
            _JOBS,
            jobs,
            stage="detected",
            about="Urban Forest Innovation Lab",
        ),
        _seed(
            "Passport4Work",
            "Eindhoven",
            "NL",
            "work",
            "economic",
            _JOBS,
            jobs,
            stage="detected",
            about="An intersectoral skills passport",
            kind="product",
        ),
        _seed(
            "GSIP Vantaa",
            "Vantaa",
            "FI",
            "work",
            "economic",
            _JOBS,
            jobs,
            stage="detected",
            about="Growth and social investment pacts for local companies",
        ),
        _seed(
            "NextGen Microcities",
            "Ventspils",
            "LV",
            "learning",
            "economic",
            "https://portico.urban-initiative.eu/uia/nextgen-microcities-next-generation-micro-cities-europe",
            "aim, cities",
            about="Career guidance, education technology and investment for small cities",
            target_group="pupils and companies of small cities",
        ),
        _seed(
            "RESILIO",
            "Amsterdam",
            "NL",
            "environment",
            "environmental",
            "https://zh.scribd.com/document/390591788/UIA-3rd-Call-Projects",
            "aim, partnership, ERDF EUR 4,814,248.00",
            about="Roofs of social housing store rain and cool the quarter",
            target_group="tenants of social housing",
            partners="City of Amsterdam|public|lead; Hogeschool van Amsterdam|public|research; Vrije Universiteit Amsterdam|public|research; "
            "Waternet|public|water management; Polderdak|private|partner; Stadgenoot|public|social housing; De Key|public|social housing; "
            "Rooftop Revolution|non-profit|partner",
        ),
        _seed("FED", "Gothenburg", "SE", "environment", "environmental", _FIRST_CALL, first, stage="detected"),
        _seed("VILAWATT", "Viladecans", "ES", "environment", "environmental", _FIRST_CALL, first, stage="detected"),
        _seed("CoRDEES", "Paris", "FR", "environment", "environmental", _FIRST_CALL, first, stage="detected"),
    ]


def fill_register(who: str = "starting set") -> int:
    """Put the initiatives into an empty register; returns how many. A register that holds any is left alone."""
    if len(register.everything(removed=True)):
        return 0
    return len(register.add_many([register.check(one) for one in seeds()], who))


if __name__ == "__main__":
    print(f"{fill_register()} initiatives stored")
    sys.exit(0)
