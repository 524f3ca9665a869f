"""What the benchmark asks a page, in the page's own language."""

from __future__ import annotations

# A page is usable when the whole graph is in it, in sight (painted or mounted), two frames ago.
USABLE = """async count => {
  const frame = () => new Promise(requestAnimationFrame)
  const there = () => window.__floor?.count === count ||
    window.__patchbay?.flow?.getState().nodes.length === count
  const seen = () => document.querySelectorAll('.react-flow__node').length > 3 ||
    [...document.querySelectorAll('.react-flow canvas')].some(canvas => canvas.width > 600)
  while (!(there() && seen())) await frame()
  await frame(); await frame()
  return performance.now()
}"""
VIEW = "view => (window.__floor ?? window.__patchbay).rf.setViewport(view)"
PANE = """() => {
  const box = document.querySelector('.react-flow').getBoundingClientRect()
  return [box.width, box.height]
}"""
BACKGROUND = """() => {
  for (let y = 320; y < 720; y += 3) for (let x = 460; x < 980; x += 3)
    if (document.elementFromPoint(x, y)?.classList.contains('react-flow__pane')) return { x, y }
  return null
}"""
NODE = """() => {
  for (const node of document.querySelectorAll('.react-flow__node')) {
    const box = node.getBoundingClientRect()
    if (box.x > 400 && box.x < 800 && box.y > 200 && box.y < 500)
      return { x: box.x + 50, y: box.y + 9, id: node.dataset.id }
  }
  return null
}"""
# The same events a server would send, a hundred a second, for nodes all over the graph.
UPDATES = """([count, hz]) => {
  const { runs } = window.__patchbay.store
  const nodes = Array.from({ length: count }, (_, i) => `n${i}`)
  const at = new Date().toISOString()
  let seq = 2
  runs.begin('bench')
  runs.receive([{ seq: 1, at, type: 'queued' }, { seq: 2, at, type: 'started', attempt: 1, nodes }])
  window.__updates = setInterval(() => {
    seq += 1
    const node_id = nodes[(seq * 7) % count]
    runs.receive([{ seq, at, type: 'progress', node_id, fraction: (seq % 100) / 100, text: '' }])
  }, 1000 / hz)
}"""
# What the editor shows, as plain boxes for the floor.
BOXES = """() => {
  const { nodes, edges } = window.__patchbay.flow.getState()
  return {
    boxes: nodes.map(({ id, position, width, height, handles, data }) => ({
      id, ...position, width, height, title: data.type.name,
      rows: data.layout.rows.map((row, i) => `${row.input?.label ?? row.kind} ${i}`),
      ports: handles.map(({ id, type, x, y }) => ({ id, type, x, y })),
    })),
    edges: edges.map(({ id, source, target, sourceHandle, targetHandle }) =>
      ({ id, source, target, sourceHandle, targetHandle })),
  }
}"""
