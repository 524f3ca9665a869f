/** What is loaded about providers and models, and what is loaded again after a change. */
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { localModelList, modelList, providerList, serverList } from '../../api/models'

/** Providers change their lists rarely, and reading them takes a while. */
const FRESH_MS = 5 * 60_000
/** How often the progress of weights that are on their way is requested. */
const POLL_MS = 1000

export const useModels = (task: string) =>
  useQuery({
    queryKey: ['models', task],
    queryFn: () => modelList(task),
    staleTime: FRESH_MS,
    enabled: task !== '',
  })

export const useProviders = () => useQuery({ queryKey: ['providers'], queryFn: providerList })

export const useServers = () => useQuery({ queryKey: ['servers'], queryFn: serverList })

/** The local models; while weights are on their way again and again, and the lists after them. */
export function useLocalModels(enabled = true) {
  const client = useQueryClient()
  const query = useQuery({
    queryKey: ['local models'],
    queryFn: localModelList,
    enabled,
    refetchInterval: ({ state }) =>
      state.data?.some(model => model.state === 'fetching') ? POLL_MS : false,
  })
  const ready = query.data?.filter(model => model.state === 'ready').length
  const before = useRef(ready)
  useEffect(() => {
    if (before.current !== undefined && ready !== before.current) {
      void client.invalidateQueries({ queryKey: ['models'] })
    }
    before.current = ready
  }, [ready, client])
  return query
}

/** Load again what depends on who is connected and which servers are allowed. */
export async function refreshProviders(client: QueryClient): Promise<void> {
  const keys = ['providers', 'credentials', 'servers', 'models']
  await Promise.all(keys.map(key => client.invalidateQueries({ queryKey: [key] })))
}
