"""From executing a retrieval to a sealed package in the hands of two: real footage, a real ledger, checked by others."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from scripts.build_verifier import build as build_verifier
from tests.media.feeding import camera_on
from tests.recorded import record
from tests.web.client import Api
from tests.web.retrievals.conftest import HOUR, Town, go
from tests.web.retrievals.test_theft import Theft
from typer.testing import CliRunner

from mingjian.app.cli.evidence import evidence_app
from mingjian.app.data_folder import DataFolder
from mingjian.app.evidence_keys import anchor_text, trace_secret
from mingjian.app.evidence_maker import EvidenceMaker
from mingjian.app.evidence_trace import trace_file
