"""One document of each kind."""

from __future__ import annotations

import datetime as dt
from typing import Any

from mingjian.rules.library import current_law
from mingjian.web.documents.schemas import (
    AcceptanceSlip,
    ConfidentialityUndertaking,
    CorrectionNotice,
    Document,
    Extent,
    FilingReceipt,
    Handed,
    HandoverReceipt,
    PrintableSign,
    RetrievalApproval,
    RetrievalNotice,
    RetrievalRegister,
    Signer,
)

FILING = current_law().clause("qd204.filing.acceptance").cite()  # its number is not certain
KEPT = current_law().clause("qd204.retention.thirty_days").cite()
HEAD: dict[str, Any] = {
    "organ": "明州市公安局东湖分局", "number": "湖公视备〔2026〕17号", "dated": dt.date(2026, 11, 26),
    "made_at_s": 1_795_651_200,
}  # fmt: skip
OFFICERS = (
    Signer("周明远", "东湖分局刑侦大队", "370202-1187", "2026-11-26 09:12:40"),
    Signer("林晓", "东湖分局刑侦大队", "370202-1203"),
)
CUSTODIAN = Signer("沈一帆", "湖滨购物中心", "W-0031", "2026-11-26 10:02:11")
RETRIEVAL: dict[str, Any] = {
    **HEAD, "number": "湖公调证〔2026〕88号", "case": "“11·25”盗窃案", "purpose": "核查嫌疑人进出路线",
    "holder": "湖滨购物中心", "executors": OFFICERS, "basis": (KEPT,),
    "extents": tuple(
        Extent(f"东门{n}号", f"3702020011132000{n:04d}", "2026-11-25 18:00:00+08:00", "2026-11-25 18:30:00+08:00")
        for n in range(1, 5)
    ),
}  # fmt: skip
FILES = tuple(Handed(f"east-{n}.mp4", 900_000_000 + n, "SHA-256", f"{n:02x}" * 32) for n in range(1, 5))

SAMPLES: tuple[Document, ...] = (
    AcceptanceSlip(
        **HEAD, filer="湖滨购物中心", system="湖滨购物中心视频图像信息系统", matter="投入使用备案", channel="网上填报",
        received_on=dt.date(2026, 11, 26), papers=("竣工验收合格证明", "系统图纸", "授权委托书"), received_by="陈伟",
        basis=(FILING,),
    ),
    CorrectionNotice(
        **HEAD, filer="湖滨购物中心", system="湖滨购物中心视频图像信息系统", received_on=dt.date(2026, 11, 26),
        missing=("图纸等资料", "视频图像信息存储期限"), due=dt.date(2026, 12, 10), contact="0532-00000000 陈伟",
        basis=(FILING,),
    ),
    FilingReceipt(
        **HEAD, filer="湖滨购物中心", system="湖滨购物中心视频图像信息系统", matter="竣工验收备案",
        facts=(("建设位置", "东湖区湖滨路1号"), ("图像采集设备数量", "164"), ("视频图像信息存储期限", "30日")),
        filed_on=dt.date(2026, 11, 26), findings=("未设置提示标识",), basis=(FILING,),
    ),
    PrintableSign(
        **{**HEAD, "organ": "湖滨购物中心"}, place="东湖区湖滨路1号一层", purpose="维护公共安全",
        telephone="0532-00000000", address="https://video.example.cn/p/7Q2M-K4XT",
    ),
    RetrievalApproval(
        **RETRIEVAL, requester=OFFICERS[0], approver=Signer("高建国", "东湖分局", "370202-0001", "2026-11-26 09:30:00"),
        approver_post="东湖分局局长", decision="同意,范围缩小", narrowed="限18:00至18:30,东门1至4号",
        valid_until=dt.date(2026, 12, 3),
    ),
    RetrievalNotice(**RETRIEVAL, valid_until=dt.date(2026, 12, 3), files=FILES),
    RetrievalRegister(
        **RETRIEVAL, approval_number="湖公调批〔2026〕88号", form="提取", custodian=CUSTODIAN, files=FILES,
        remark="证件已核验",
    ),
    ConfidentialityUndertaking(**RETRIEVAL),
    HandoverReceipt(**RETRIEVAL, custodian=CUSTODIAN, files=FILES, ending="已于2026年12月20日归还"),
)  # fmt: skip
