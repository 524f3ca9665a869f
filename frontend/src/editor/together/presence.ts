/**
 * Presence: shows the others where this page points, what it selects and drags, and follows one of
 * them. Sent from timers, at most 20 times a second; a drag of another is shown, never saved.
 */
import type { CardNode } from '../flow/flow'
import type { Session } from '../session'
import { type Member, membersOf } from './members'

const SEND_MS = 50
/** So that the others know this page is still here. */
const SIGN_MS = 2000
/** How long a dragged card waits for the operation of its drop. */
const DROP_MS = 1500
const MAX_IDS = 50
/** Without input for so long a user is idle. */
const IDLE_MS = 3 * 60_000
const INPUTS = ['pointermove', 'pointerdown', 'wheel', 'keydown'] as const

/** Begin to show and to see. Returns what takes the server's frames, and how to stop. */
export function presence(session: Session) {
  const { flow, runner, store } = session
  const others = membersOf(session)
  const moved = new Map<string, ReturnType<typeof setTimeout> | null>()
  let at: [number, number] | undefined
  let said = ''
  let active = Date.now()
  let timer: ReturnType<typeof setTimeout> | undefined

  const state = () => {
    const { nodes, selected } = flow.state.getState()
    const drag = nodes.filter(node => node.dragging).slice(0, MAX_IDS)
    const view = session.rf?.getViewport()
    return {
      ...(at && { at }),
      ...(Date.now() - active >= IDLE_MS && { idle: true }),
      ...(view && { view: [view.x, view.y, view.zoom] }),
      selected: selected.slice(0, MAX_IDS),
      drag: Object.fromEntries(drag.map(({ id, position }) => [id, [position.x, position.y]])),
    }
  }
  const send = () => {
    timer = undefined
    const here = state()
    said = JSON.stringify(here)
    runner.socket.send({ here })
  }
  const soon = () => {
    timer ??= setTimeout(() => JSON.stringify(state()) !== said && send(), SEND_MS)
    if (timer && !Object.keys(others.getState().members).length) {
      // No one watches.
      clearTimeout(timer)
      timer = undefined
    }
  }
  const input = () => {
    const wasIdle = Date.now() - active >= IDLE_MS
    active = Date.now()
    if (wasIdle) soon()
  }
  const point = (event: PointerEvent) => {
    const place = session.rf?.screenToFlowPosition({ x: event.clientX, y: event.clientY })
    at = place && [Math.round(place.x), Math.round(place.y)]
    soon()
  }
  const own = (event: Event) => {
    const inCanvas = event.target instanceof Element && event.target.closest('.react-flow')
    if (inCanvas || (event instanceof KeyboardEvent && event.key === 'Escape')) {
      others.setState({ following: null })
    }
  }
  for (const name of INPUTS) addEventListener(name, input, { passive: true, capture: true })
  addEventListener('pointermove', point, { passive: true })
  addEventListener('pointerdown', own, true)
  addEventListener('wheel', own, { passive: true, capture: true })
  addEventListener('keydown', own)
  const stopFlow = flow.state.subscribe(soon)
  const sign = setInterval(() => {
    timer = undefined
    send()
  }, SIGN_MS)

  /** Show cards where others drag them. */
  const drag = (members: Readonly<Record<string, Member>>) => {
    const places = new Map(Object.values(members).flatMap(({ drag }) => Object.entries(drag ?? {})))
    for (const [id, waiting] of moved) {
      if (places.has(id) || waiting) continue
      moved.set(
        id,
        setTimeout(() => {
          moved.delete(id)
          place(new Map())
        }, DROP_MS),
      )
    }
    for (const id of places.keys()) {
      const waiting = moved.get(id)
      if (waiting) clearTimeout(waiting)
      moved.set(id, null)
    }
    if (places.size) place(places)
  }
  const place = (places: ReadonlyMap<string, [number, number]>) => {
    const { nodes, edges } = flow.state.getState()
    const next = nodes.map((node): CardNode => {
      if (node.dragging) return node
      const there = places.get(node.id)
      const home = moved.has(node.id) ? undefined : store.node(node.id)?.position
      const [x, y] = there ?? [home?.x ?? node.position.x, home?.y ?? node.position.y]
      return x === node.position.x && y === node.position.y ? node : { ...node, position: { x, y } }
    })
    if (next.some((node, i) => node !== nodes[i])) flow.put(next, edges)
  }

  return {
    hear(changed: Readonly<Record<string, Member | null>>): void {
      const { members: before, following } = others.getState()
      const kept = Object.entries({ ...before, ...changed }).filter(([, member]) => member)
      const members = Object.fromEntries(kept) as Record<string, Member>
      const gone = following !== null && !members[following]
      others.setState({ members, ...(gone && { following: null }) })
      drag(members)
      const view = following === null ? undefined : members[following]?.view
      if (view) session.rf?.setViewport({ x: view[0], y: view[1], zoom: view[2] })
      if (Object.keys(changed).some(id => !before[id])) send()
    },
    /** After a lost connection everyone is met again. */
    forget(): void {
      others.setState({ members: {} })
    },
    stop(): void {
      for (const name of INPUTS) removeEventListener(name, input, true)
      removeEventListener('pointermove', point)
      removeEventListener('pointerdown', own, true)
      removeEventListener('wheel', own, true)
      removeEventListener('keydown', own)
      stopFlow()
      clearInterval(sign)
      clearTimeout(timer)
      for (const waiting of moved.values()) if (waiting) clearTimeout(waiting)
    },
  }
}
