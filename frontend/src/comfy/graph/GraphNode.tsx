/** The card of one ComfyUI node: title, sockets and values where its file has them. Read-only. */
import { Handle, type NodeProps, Position } from '@xyflow/react'
import { ChevronRight } from 'lucide-react'
import { memo, useContext } from 'react'
import { modeWord } from '../modes'
import { texts } from '../texts'
import { fileColor, typeColorCss } from './colors'
import { ViewerContext } from './context'
import css from './Graph.module.css'
import { HEAD, type Line, type Socket } from './measures'
import type { GraphNode as NodeOfGraph } from './scene'

type Props = NodeProps<NodeOfGraph>

/** The graph is only read: a card renders again when it is chosen, and for nothing else. */
const same = (a: Props, b: Props) => a.data === b.data && a.selected === b.selected

export const GraphNode = memo(function GraphNode({ id, data, selected }: Props) {
  const viewer = useContext(ViewerContext)
  const { node, measures, title, inside } = data
  const mark = viewer.marks.get(id)
  const word = modeWord(node.mode)
  const tint = fileColor(node.color)
  return (
    <>
      <section
        className={css.node}
        data-mode={word || undefined}
        data-selected={selected || undefined}
        data-bad={mark ? true : undefined}
        data-inside={inside !== null || undefined}
        aria-label={title}
        style={tint ? ({ '--tint': tint } as object) : undefined}
      >
        <header className={css.head} style={{ height: HEAD }}>
          <span className={css.title}>{title}</span>
          {word && <span className={css.mode}>{word}</span>}
          {inside !== null && (
            <button
              type="button"
              className={css.open}
              title={texts.lookInsideInside(inside)}
              aria-label={texts.lookInsideInside(inside)}
              onClick={() => viewer.enter(id)}
            >
              <ChevronRight size={14} />
            </button>
          )}
        </header>
        {!node.collapsed && (
          <div className={css.body}>
            {measures.sockets
              .filter(socket => !socket.quiet)
              .map(socket => (
                <SocketName key={socket.id} socket={socket} />
              ))}
            {measures.lines.map((line, i) => (
              <Value
                key={line.widget.name || i}
                line={line}
                bad={mark !== undefined && mark.input === line.widget.name}
                isInput={viewer.isInput(node, line.widget.name)}
              />
            ))}
          </div>
        )}
      </section>
      {measures.sockets.map(socket => (
        <Handle
          key={socket.id}
          id={socket.id}
          type={socket.side === 'in' ? 'target' : 'source'}
          position={socket.side === 'in' ? Position.Left : Position.Right}
          isConnectable={false}
          className={css.socket}
          title={`${socket.name || socket.type}: ${socket.type}`}
          style={{ top: socket.y, color: typeColorCss(socket.type) }}
        />
      ))}
    </>
  )
}, same)

function SocketName({ socket }: { socket: Socket }) {
  return (
    <span className={css.name} data-side={socket.side} style={{ top: socket.y - HEAD }}>
      {socket.name}
    </span>
  )
}

export const CONTROL_HELP = texts.whatComfyuiDoesToTheValue
const SHOWN = 600 // characters of a value on a card

function Value({ line, bad, isInput }: { line: Line; bad: boolean; isInput: boolean }) {
  const { widget, top, height, long } = line
  const text = valueText(widget.value)
  return (
    <div
      className={css.value}
      data-long={long || undefined}
      data-bad={bad || undefined}
      data-input={isInput || undefined}
      style={{ top: top - HEAD, height }}
    >
      {(widget.label || widget.name) && (
        <span className={css.label}>{widget.label || widget.name}</span>
      )}
      <span className={css.text}>{text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}</span>
      {widget.control && (
        <small className={css.control} title={CONTROL_HELP}>
          {widget.control}
        </small>
      )}
    </div>
  )
}

/** A value as users read it. */
export function valueText(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}
