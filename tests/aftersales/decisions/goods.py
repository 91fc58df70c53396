"""Products and promotions of a catalogue."""

from dataclasses import replace
from decimal import Decimal

from aftersales.order_system.port import Product, Promotion

COAT = Product(
    sku="YRF",
    name="羽绒服",
    kind="apparel",
    price=Decimal("599.00"),
    stock=36,
    dispatch_hours=48,
    material="90% 白鹅绒",
    warranty_days=90,
    colours=("曜石黑", "米白色"),
    sizes=("M", "L", "XL"),
    spec="中长款，连帽可拆。",
    size_advice="身高 170-176 选 L。",
    usage="建议干洗。",
    aliases=("羽绒衣",),
    facts={"充绒量": "180 克", "蓬松度": "700+"},
)
COOKER = replace(
    COAT,
    sku="DFB",
    name="电饭煲",
    kind="small_appliance",
    price=Decimal("329.00"),
    colours=("白色",),
    sizes=(),
    size_advice="",
    usage="",
    spec="IH 电磁加热",
    material="不粘铜釜",
    aliases=("电饭锅",),
    facts={"功率": "1100 瓦"},
    warranty_days=365,
)
SHIRT_TO_ORDER = replace(COAT, sku="DZT", name="定制T恤", kind="custom", aliases=("T恤",))
COUPON = Promotion("P1", "满减", "满 299 减 30", Decimal("299"), Decimal("30"))
GIFT = Promotion("P2", "会员日", "会员日双倍积分。")
