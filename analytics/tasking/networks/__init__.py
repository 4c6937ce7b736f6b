"""How a network changed after it was tasked: volume, structure and adaptation. See
docs/methods/network-change.md.

`read_network` reads the network an action was about; `measure_network` compares it before and after.
`measure_tasked_structure` does so with how the network of a finding hangs together.
"""

from analytics.tasking.networks.change import NetworkChange, measure_network
from analytics.tasking.networks.network_actions import NetworkRecord, read_network
from analytics.tasking.networks.structure_change import TaskedStructure, measure_tasked_structure

__all__ = [
    "NetworkChange",
    "NetworkRecord",
    "TaskedStructure",
    "measure_network",
    "measure_tasked_structure",
    "read_network",
]
