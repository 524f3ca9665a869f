/** The versions of a workflow and the pages of its history, as a page or a panel shows them. */
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { historyGet, versionsGet } from '../../api/history'

export function useVersions(slug: string) {
  const versions = useQuery({
    queryKey: ['versions', slug],
    queryFn: ({ signal }) => versionsGet(slug, signal),
  })
  const history = useInfiniteQuery({
    queryKey: ['history', slug],
    queryFn: ({ pageParam, signal }) => historyGet(slug, pageParam, signal),
    initialPageParam: null as number | null,
    getNextPageParam: page => page.next,
  })
  return { versions, history }
}
