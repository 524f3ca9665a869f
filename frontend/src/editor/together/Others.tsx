/** The others on the canvas: a pointer with a name each, and an outline around what they select. */
import { useStore as useFlow, ViewportPortal } from '@xyflow/react'
import { useStore } from 'zustand'
import { useSession } from '../session'
import { colorOf, type Member, membersOf } from './members'
import css from './Others.module.css'

export default function Others() {
  const session = useSession()
  const members = useStore(membersOf(session), state => state.members)
  const nodes = useStore(session.flow.state, state => state.nodes)
  const zoom = useFlow(state => state.transform[2])
  const shown = Object.entries(members)
  if (!shown.length) return null
  return (
    <ViewportPortal>
      <div className={css.all} aria-hidden="true" style={{ '--unzoom': 1 / zoom } as object}>
        {shown.map(([id, member]) => (
          <One key={id} id={id} member={member} nodes={nodes} />
        ))}
      </div>
    </ViewportPortal>
  )
}

interface Props {
  id: string
  member: Member
  nodes: readonly {
    id: string
    position: { x: number; y: number }
    width?: number
    height?: number
  }[]
}

function One({ id, member, nodes }: Props) {
  const selected = nodes.filter(node => member.selected?.includes(node.id))
  const style = { '--member': colorOf(id) } as object
  return (
    <div style={style} className={css.one} data-idle={member.idle || undefined}>
      {selected.map((node, i) => (
        <div
          key={node.id}
          className={css.outline}
          style={{
            transform: `translate(${node.position.x}px, ${node.position.y}px)`,
            width: node.width,
            height: node.height,
          }}
        >
          {i === 0 && <span className={css.tag}>{member.name}</span>}
        </div>
      ))}
      {member.at && (
        <div
          className={css.pointer}
          style={{ transform: `translate(${member.at[0]}px, ${member.at[1]}px)` }}
        >
          <svg aria-hidden="true" viewBox="0 0 16 16" width="16" height="16">
            <path d="M2 1l11 6-5 1.5L5.5 14z" />
          </svg>
          <span>{member.name}</span>
        </div>
      )}
    </div>
  )
}
