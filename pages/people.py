"""People: who may sign in to this server, in which roles."""

from ui.people.register import show_people
from ui.shell.page import begin

page = begin("Who may sign in, and in which roles?", "people")
show_people(page)
