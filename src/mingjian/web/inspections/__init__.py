"""Inspection leads: what calls for a look on the spot, from whichever slice it comes.

To open one from another slice, inside the transaction of what was refused or found::

    from mingjian.web.inspections.leads import NewLead, open_lead

    open_lead(actor, NewLead(origin="enrolment", division_id=place.division_id, clauses=judgement.keys, ...))

The slice knows organisations and the register; whoever opens leads imports it, never the other way round. A lead is no
case and no finding: a person of the district's organ takes it, looks, and closes it with what came of it.
"""
