/** The image on a workflow's card: what its last good run made, else its cover, else its graph. */

import { useQuery } from '@tanstack/react-query'
import { Maximize2 } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { runDetail } from '../../api/runs'
import type { WorkflowSummary } from '../../api/schema'
import { errorMessage } from '../../lib/errors'
import { toast } from '../../lib/toasts'
import { filesIn } from '../../runs/results'
import { Cover } from '../../ui/media/Cover'
import { GraphDrawing } from '../../ui/media/GraphDrawing'
import { chosenImage } from '../../ui/media/image'
import { openViewer } from '../../ui/viewer/open'
import { graphQuery, lastGoodQuery, resultImageQuery } from '../../ui/workflows/queries'
import { texts } from '../texts'
import css from './CardCover.module.css'

/** Graphs of more nodes are not fetched to be drawn this small. */
const MOST_DRAWN = 300

interface Props {
  row: WorkflowSummary
  className?: string | undefined
}

export function CardCover({ row, className }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const [seen, setSeen] = useState(false)
  const last = row.lastRun
  const completed = last?.status === 'completed' ? last.executionId : null
  const earlier = useQuery({
    ...lastGoodQuery(row.slug, last?.executionId ?? ''),
    enabled: seen && last !== null && completed === null,
  })
  const run = completed ?? earlier.data ?? null
  const waiting = last !== null && completed === null && earlier.isPending
  const result = useQuery({ ...resultImageQuery(run ?? ''), enabled: seen && run !== null })

  useEffect(() => {
    // The results of cards that are not scrolled to are not requested.
    const element = box.current
    if (!element || seen) return
    const observer = new IntersectionObserver(
      entries => entries.some(entry => entry.isIntersecting) && setSeen(true),
      { rootMargin: '200px' },
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [seen])

  const known = !waiting && (run === null || result.isFetched || result.isError)
  const url = known ? (result.data ?? chosenImage(row)) : undefined
  const drawn = url === null && row.nodeCount > 0 && row.nodeCount <= MOST_DRAWN
  const graph = useQuery({ ...graphQuery(row.slug, row.version), enabled: seen && drawn })
  return (
    <div ref={box} className={css.box}>
      <Cover
        url={url}
        width={640}
        className={className}
        drawing={drawn ? graph.data && <GraphDrawing {...graph.data} /> : undefined}
      />
      {run && result.data && (
        <button
          type="button"
          className={css.open}
          title={texts.openResult}
          aria-label={texts.openResultOf(row.name)}
          onClick={() => void showRun(run, row.name)}
        >
          <Maximize2 size={15} aria-hidden />
        </button>
      )}
    </div>
  )
}

/** Show all files that a run has made. */
async function showRun(run: string, title: string): Promise<void> {
  try {
    const { result } = await runDetail(run)
    openViewer({ items: filesIn(result).map(media => ({ media, title, run })) })
  } catch (error) {
    toast(errorMessage(error), { tone: 'bad' })
  }
}
