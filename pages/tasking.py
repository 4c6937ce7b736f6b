"""Tasking: from findings to a brief, what it is for, and its outcome."""

from ui.components.choosing import open_tabs
from ui.shell.page import begin
from ui.shell.pages import move_tab
from ui.tasking.actions import show_actions
from ui.tasking.concentration import show_concentration
from ui.tasking.operations import show_operations
from ui.tasking.priorities import show_priorities
from ui.tasking.products import show_products
from ui.tasking.stepper import show_stepper

page = begin("What should be tasked, by whom, and why?")
move_tab("Meeting", "meeting")
write, priorities, products, operations, actions = open_tabs(
    ["Write", "Priorities", "Assessments", "Operations", "Actions"],
)
if write.open:
    with write:
        show_stepper(page)
if priorities.open:
    with priorities:
        show_priorities(page)
        show_concentration(page)
if products.open:
    with products:
        show_products(page)
if operations.open:
    with operations:
        show_operations(page)
if actions.open:
    with actions:
        show_actions(page)
