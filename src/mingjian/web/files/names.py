"""Names of the audit record that files use."""

from __future__ import annotations

from mingjian.web.audit.names import register

UPLOADED = register("files.upload", "上传文件", "uploaded a file")
DOWNLOADED = register("files.download", "下载文件", "downloaded a file")
REMOVED = register("files.remove", "撤下文件", "took a file down")
