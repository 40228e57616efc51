"""A small case in which every shipped question has an answer, as texts of case tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

CASE = 'title = "questions"\ntimezone = "UTC"\ncurrency = "CNY"\n'

TABLES = {
    "persons": """\
id,name,source,locator,quote,certainty
ann,Ann,s,page 1,Ann was there,disputed
bob,Bob,,,,
cid,Cid,,,,
dan,Dan,,,,
eve,Eve,,,,
fay,Fay,,,,
""",
    "accounts": """\
id,platform,handle,holder
a1,wechat,ann_on_wechat,ann
a2,qq,,ann
a3,bank,,ann
b1,wechat,,bob
c1,wechat,,cid
d1,wechat,,dan
e1,wechat,,eve
f1,wechat,,fay
lone,qq,,
old,qq,,
""",
    "controls": """\
id,person,account,since,until
bob-on-a2,bob,a2,2020-01-01,2020-06-30
""",
    "identifiers": """\
account,kind,value
a1,device,DEV-1
b1,device,DEV-1
c1,phone,13800138000
""",
    "personas": """\
id,name,owner
shop,Data Shop,e1
shop2,DATA SHOP,
other,Else,
""",
    "presents_as": """\
account,persona,to,since
e1,shop,,2020-01-01
d1,shop2,a1,2020-02-01
d1,other,,
""",
    "ties": """\
id,a,kind,b,to,since,source,locator,certainty
t-intro,ann,introduced,e1,bob,2020-01-15,s,page 2,
t-name,bob,introduced,shop,cid,2020-02,,,
t-job,ann,employs,bob,,2019,s,page 3,inferred
t-kin,cid,kin_of,dan,,,,,
""",
    "batches": """\
id,label
list,A list
part,Another list
""",
    "deals": """\
id,seller,buyer,batch,kind,quantity,quantity_bound,unit_price,total,total_bound,currency,status,time
d-1,e1,a1,list,sale,1000,exact,0.10,,,CNY,ok,2020-03-01
d-2,a1,b1,list,sale,1000,exact,0.25,,,CNY,ok,2020-03-02
d-3,b1,c1,list,sale,1000,exact,,400.00,at_least,CNY,ok,2020-03-03
d-4,c1,d1,list,sale,1000,exact,,,,CNY,ok,2020-03-04
d-5,d1,f1,list,sale,1000,exact,0.60,,,CNY,ok,2020-03-05
d-6,e1,f1,part,sale,50,at_least,,20.00,,CNY,ok,2020-04
d-7,e1,f1,part,sale,70,,,90.00,,CNY,cancelled,2020-04
d-8,e1,f1,part,gift,,,,,,CNY,ok,2020-04
""",
    "offers": """\
id,seller,buyer,batch,unit_price,total,currency,time
o-1,e1,a1,list,0.12,,CNY,2020-02-28
o-2,e1,,part,,30.00,CNY,2020-05
""",
    "payments": """\
id,payer,payee,amount,amount_bound,currency,deal,status,refunds,time
p-1,a1,e1,100.00,,CNY,d-1,ok,,2020-03-01
p-2,b1,a1,200.00,,CNY,d-2,ok,,2020-03-02T12:00:00
p-3,a1,f1,180.00,about,CNY,,ok,,2020-03-04
p-4,f1,e1,15.00,,CNY,d-6,ok,,2020-04-10
p-5,e1,f1,5.00,,CNY,,ok,p-4,2020-04-11
p-6,f1,d1,7.00,,CNY,,failed,,2020-04-12
p-7,c1,b1,9.00,,USD,,ok,,2020-03-03
""",
    "deliveries": """\
id,sender,receiver,batch,records,deal,time
v-1,e1,a1,list,1000,d-1,2020-03-01
""",
    "messages": """\
id,author,receiver,text,deal,time
m-1,a1,e1,call 13800138000,,2020-02-28
m-2,e1,a1,about it,d-1,2020-01-05
m-3,d1,f1,soon,,2020-03
m-4,old,a1,hello,,2019-06-01
""",
    "claims": """\
id,agent,principal,deal,quantity,total,difference,currency,time
k-1,bob,ann,d-2,1000,300.00,,CNY,2020-03-05
k-2,bob,ann,,,,12.00,CNY,2020-03-06
""",
    "incomes": """\
id,person,amount,bound,currency,kind,events
i-1,eve,120.00,at_least,CNY,gross,p-1;p-4;d-6
i-2,fay,3.00,,CNY,,
""",
    "sources": """\
id,title,kind
s,A statement,statement
""",
}


def write_story(folder: Path) -> Path:
    """Write the case into a folder and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "case.toml").write_text(CASE, encoding="utf-8")
    for name, text in TABLES.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder
