"""What is to be done, by role: providers of other slices, asked about one actor.

A slice adds its own in its app's `ready`::

    from mingjian.web.todo.providers import Todo, provide

    provide("signs.due", Text("待设置标识", "signs due"), policy, lambda actor, limit: (count, [Todo(...), ...]))

A provider is asked only when its policy allows the actor in general, and must read from an index: the page is to come
within 150 ms for a city.
"""
