/** The results of a node over all runs, in pages, and which of them is the active one. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { isMedia } from '../../api/media'
import { resultsOfNode } from '../../api/results'
import type { PastResult } from '../../api/schema'
import { useNodeRunValue } from '../run/hooks'
import { useSession } from '../session'

/** Read a node's results; they are requested again when a run has given a new one. */
export function useHistory(id: string) {
  const { slug, runs } = useSession()
  const made = useNodeRunValue(id, run => (run.state === 'done' ? runs.summary.id : null))
  const query = useInfiniteQuery({
    queryKey: ['node-results', slug, id, made],
    queryFn: ({ pageParam }) => resultsOfNode(slug, id, pageParam || undefined),
    initialPageParam: '',
    getNextPageParam: page => page.next ?? undefined,
    placeholderData: before => before,
  })
  const results: PastResult[] = query.data?.pages.flatMap(page => page.results) ?? []
  return { ...query, results }
}

/** What makes two outputs the same: their values, and of files the file. */
export const sameOutput = (one: unknown, other: unknown): boolean =>
  identity(one) === identity(other)

const identity = (value: unknown): string =>
  JSON.stringify(value, (_, inner) => (isMedia(inner) ? inner.asset : inner)) ?? ''
