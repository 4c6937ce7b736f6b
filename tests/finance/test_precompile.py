"""Compiling ahead covers every kernel."""

import sys

from click.testing import CliRunner

from analytics.cli import cli


def test_compiling_ahead_runs_every_kernel_and_stores_it():
    result = CliRunner().invoke(cli, ["finance", "warm"])
    assert result.exit_code == 0, result.output
    entries = ("_score", "_search", "_mark", "_fill_share", "_reach", "_judge", "_fill_quietness", "_expect")
    kernels = {
        f"{module}.{name}": vars(sys.modules[module])[name]
        for module in sys.modules
        if module.startswith("analytics.finance.typologies.")
        for name in entries
        if hasattr(vars(sys.modules[module]).get(name), "signatures")
    }
    assert len(kernels) >= 13 and [name for name, kernel in kernels.items() if not kernel.signatures] == []
    assert all(kernel.stats.cache_path for kernel in kernels.values())
