/** The image on a workflow's card: what its last run made, else the cover it was given. */

import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { WorkflowSummary } from '../../api/schema'
import { Cover } from '../../ui/media/Cover'
import { chosenPicture } from '../../ui/media/picture'
import { resultPictureQuery } from '../../ui/workflows/queries'

interface Props {
  row: WorkflowSummary
  className?: string
}

export function CardCover({ row, className }: Props) {
  const box = useRef<HTMLDivElement>(null)
  const [seen, setSeen] = useState(false)
  const run = row.lastRun?.status === 'completed' ? row.lastRun.executionId : null
  const result = useQuery({ ...resultPictureQuery(run ?? ''), enabled: seen && run !== null })

  useEffect(() => {
    // The results of cards nobody scrolls to are not asked for.
    const element = box.current
    if (!element || seen) return
    const observer = new IntersectionObserver(
      entries => entries.some(entry => entry.isIntersecting) && setSeen(true),
      { rootMargin: '200px' },
    )
    observer.observe(element)
    return () => observer.disconnect()
  }, [seen])

  const known = run === null || result.isFetched || result.isError
  const address = known ? (result.data ?? chosenPicture(row)) : undefined
  return (
    <div ref={box}>
      <Cover address={address} width={640} className={className} />
    </div>
  )
}
