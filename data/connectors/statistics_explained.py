"""Eurostat, Statistics Explained 'Culture statistics - cultural employment' (2023 edition): its printed figures."""

from __future__ import annotations

import io

import pandas as pd

ADDRESS = "https://ec.europa.eu/eurostat/statistics-explained/index.php?title=Culture_statistics_-_cultural_employment"

# Table 1: thousand persons 2019 to 2022, then per cent of total employment 2019 to 2022 (cult_emp_sex). ':': no figure.
_COUNTRIES = """\
EU,,European Union (27),7358.5,7135.8,7401.3,7732.6,3.7,3.6,3.7,3.8
BE,BEL,Belgium,204.6,214.0,210.3,210.0,4.2,4.5,4.3,4.2
BG,BGR,Bulgaria,88.5,92.1,91.3,84.3,2.7,2.9,3.0,2.7
CZ,CZE,Czechia,192.7,203.0,209.7,194.3,3.6,3.9,4.0,3.8
DK,DNK,Denmark,125.5,125.5,132.3,135.0,4.4,4.4,4.6,4.5
DE,DEU,Germany,1681.5,1572.0,1614.5,1714.5,4.0,3.8,3.9,4.0
EE,EST,Estonia,33.5,33.3,32.2,30.5,5.1,5.1,4.9,4.5
IE,IRL,Ireland,76.0,73.7,73.1,83.3,3.3,3.2,3.1,3.3
EL,GRC,Greece,129.4,123.4,144.4,144.7,3.3,3.2,3.7,3.5
ES,ESP,Spain,714.3,665.7,728.9,733.0,3.6,3.5,3.7,3.6
FR,FRA,France,960.2,972.3,1087.5,1142.1,3.5,3.6,3.9,4.0
HR,HRV,Croatia,60.4,64.2,55.9,52.4,3.6,3.9,3.3,3.1
IT,ITA,Italy,834.5,791.1,771.3,814.9,3.6,3.5,3.4,3.5
CY,CYP,Cyprus,14.0,13.2,14.9,18.1,3.4,3.2,3.5,4.0
LV,LVA,Latvia,32.0,33.4,36.3,35.4,3.5,3.7,4.2,4.0
LT,LTU,Lithuania,53.7,53.9,54.2,57.6,3.9,4.0,4.0,4.1
LU,LUX,Luxembourg,14.6,12.4,13.1,15.0,5.1,4.2,4.3,4.8
HU,HUN,Hungary,164.0,174.7,166.4,163.5,3.6,3.9,3.6,3.5
MT,MLT,Malta,13.3,12.7,11.9,12.5,5.2,4.9,4.4,4.4
NL,NLD,Netherlands,429.9,420.5,471.4,520.8,4.8,4.7,5.1,5.4
AT,AUT,Austria,181.3,162.5,169.8,175.7,4.2,3.8,3.9,4.0
PL,POL,Poland,548.1,538.1,541.6,576.9,3.3,3.3,3.3,3.4
PT,PRT,Portugal,167.4,173.4,187.7,197.8,3.4,3.6,3.9,4.0
RO,ROU,Romania,135.7,120.4,111.2,117.3,1.6,1.4,1.4,1.5
SI,SVN,Slovenia,48.6,50.5,45.5,44.9,4.9,5.2,4.7,4.6
SK,SVK,Slovakia,73.8,71.4,74.8,75.9,2.9,2.8,2.9,2.9
FI,FIN,Finland,131.5,127.9,119.2,122.6,5.1,5.1,4.6,4.6
SE,SWE,Sweden,249.3,240.8,231.8,259.5,4.9,4.8,4.5,4.9
IS,ISL,Iceland,11.1,11.2,11.4,11.8,5.5,5.8,5.8,5.6
NO,NOR,Norway,104.9,106.4,112.5,123.4,3.9,3.9,4.0,4.3
CH,CHE,Switzerland,252.6,241.4,228.6,217.5,5.4,5.1,4.9,4.6
ME,MNE,Montenegro,8.1,7.8,:,:,3.3,3.5,:,:
MK,MKD,North Macedonia,25.4,26.2,:,:,3.2,3.3,:,:
RS,SRB,Serbia,90.9,95.7,91.8,102.2,3.1,3.3,3.2,3.5
TR,TUR,Türkiye,669.0,645.2,:,:,2.4,2.4,:,:
"""

# Figures 2 and 4: European Union (27), thousand persons, 2012 to 2022 (cult_emp_n2, cult_emp_sex).
_UNION = """\
activity,Printing (C18),766.5,747.1,727.7,711.3,711.9,684.9,676.8,684.4,676.6,637.5,623.8
activity,Publishing (part of J58),766.8,687.4,662.8,618.4,613.1,594.7,610.2,604.1,558.5,566.1,576.5
activity,"Film, television, music (J59)",348.8,344.5,355.8,365.4,374.4,389.3,407.0,415.2,385.6,429.0,443.6
activity,Broadcasting (J60),277.0,272.9,281.7,291.2,289.1,275.9,269.8,273.2,286.9,280.9,266.4
activity,"Design, photography, translation (M74.1 to M74.3)",\
609.6,622.6,662.5,666.6,694.1,725.0,741.1,764.6,725.0,759.1,823.8
activity,"Arts and entertainment (R90)",939.6,916.8,930.2,963.5,978.5,1023.3,1011.0,1053.7,964.8,947.8,1090.6
activity,"Libraries, archives, museums (R91)",492.4,497.0,500.6,505.4,506.7,511.7,528.5,528.0,534.2,530.1,540.5
sex,women,3136.9,3094.2,3156.9,3195.5,3284.4,3388.4,3428.1,3511.7,3426.3,3619.0,3804.4
sex,men,3647.7,3664.5,3650.8,3634.5,3674.5,3787.5,3839.5,3846.8,3709.5,3782.3,3928.2
"""


def cultural_employment_by_country() -> pd.DataFrame:
    """Cultural employment of countries and the EU: year, country, iso3, name, thousand_persons, percent (of total)."""
    years = [2019, 2020, 2021, 2022]
    columns = ["country", "iso3", "name", *years, *(f"percent {year}" for year in years)]
    raw = pd.read_csv(io.StringIO(_COUNTRIES), names=columns, na_values=":", keep_default_na=False)
    parts = [
        raw[["country", "iso3", "name"]].assign(year=year, thousand_persons=raw[year], percent=raw[f"percent {year}"])
        for year in years
    ]
    table = pd.concat(parts).dropna(subset=["thousand_persons", "percent"])
    return table.sort_values(["country", "year"], ignore_index=True)


def cultural_employment_union() -> pd.DataFrame:
    """Cultural employment of the EU by activity and by sex: year, split, part, thousand_persons."""
    raw = pd.read_csv(io.StringIO(_UNION), names=["split", "part", *range(2012, 2023)])
    table = raw.melt(["split", "part"], var_name="year", value_name="thousand_persons").astype({"year": int})
    return table.sort_values(["split", "part", "year"], ignore_index=True)
