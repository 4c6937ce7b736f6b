"""How a network changed after it was tasked: volume, structure and adaptation. See
docs/methods/network-change.md.

`read_network` reads the network an action was about; `measure_network` compares it before and after.
"""

from analytics.tasking.networks.change import NetworkChange, measure_network
from analytics.tasking.networks.network_actions import NetworkRecord, read_network

__all__ = ["NetworkChange", "NetworkRecord", "measure_network", "read_network"]
