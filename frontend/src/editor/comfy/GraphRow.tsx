/** On the card of a ComfyUI workflow: its graph in small, how large it is, and the way into it. */
import { useQuery } from '@tanstack/react-query'
import { Maximize2 } from 'lucide-react'
import type { JsonObject } from '../../api/document'
import { Miniature } from '../../comfy/graph/Miniature'
import { viewQuery } from '../../comfy/queries'
import { size } from '../../comfy/view'
import { list } from '../../lib/locale'
import type { CardData } from '../flow/flow'
import { useNodeRunValue } from '../run/hooks'
import { useSession } from '../session'
import { graphOf, tagsOf } from './comfy'
import css from './GraphRow.module.css'
import { texts } from './texts'

export function GraphRow({ id, data }: { id: string; data: CardData }) {
  const { view } = useSession()
  const graph = graphOf(data.node.data)
  const tags = tagsOf(data.node.data)
  // Before there is a result the graph is in its place, larger.
  const shown = useNodeRunValue(id, run => run.output !== null || run.preview !== null)
  const open = () => view.setState({ graph: { node: id } })
  if (!graph) {
    return <p className={css.none}>{texts.dropAComfyuiFileHere}</p>
  }
  return (
    <div className={css.row}>
      {shown && (
        <button
          type="button"
          className={`${css.thumb} nodrag`}
          title={texts.openGraph}
          aria-hidden
          tabIndex={-1}
          onClick={open}
        >
          <Miniature graph={graph} width={80} height={40} />
        </button>
      )}
      <div className={css.words}>
        <GraphSize graph={graph} />
        <span className={css.tags} title={tags.length ? texts.runnersWith(tags) : ''}>
          {tags.length ? list(tags) : texts.anyRunner}
        </span>
      </div>
      <button type="button" className={`${css.open} nodrag`} onClick={open}>
        <Maximize2 aria-hidden size={13} /> {texts.openGraph}
      </button>
    </div>
  )
}

function GraphSize({ graph }: { graph: JsonObject }) {
  const { data, error } = useQuery(viewQuery(graph))
  if (error) return <span className={css.bad}>{texts.notAComfyuiGraph}</span>
  if (!data) return <span>…</span>
  const { nodes, subgraphs } = size(data)
  return (
    <span>{list([texts.nodes(nodes), ...(subgraphs ? [texts.subgraphs(subgraphs)] : [])])}</span>
  )
}

/** The graph where a result will be. */
export function GraphPreview({ id, graph }: { id: string; graph: JsonObject }) {
  const { view } = useSession()
  return (
    <button
      type="button"
      className={`${css.preview} nodrag`}
      title={texts.openGraph}
      aria-label={texts.viewTheGraph}
      onClick={() => view.setState({ graph: { node: id } })}
    >
      <Miniature graph={graph} width={304} height={160} />
    </button>
  )
}
