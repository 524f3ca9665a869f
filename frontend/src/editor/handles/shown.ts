/** The one file that a node's last run has made for its card. */
import { useMemo } from 'react'
import type { NodeType } from '../../api/catalog'
import type { MediaReference } from '../../api/schema'
import { resultOf } from '../../runs/results'
import { useNodeRun } from '../run/hooks'

export function useShown(id: string, type: NodeType | undefined): MediaReference | null {
  const { output } = useNodeRun(id)
  return useMemo(() => {
    const { media } = resultOf(output, type?.preview)
    return media.length === 1 ? (media[0] ?? null) : null
  }, [output, type?.preview])
}
