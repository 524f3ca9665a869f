/** The node types, as the pages of this room name nodes and fields. */
import { useQuery } from '@tanstack/react-query'
import { catalogGet } from '../api/workflows'
import { Catalog } from '../catalog/catalog'

export const useCatalog = () =>
  useQuery({
    queryKey: ['catalog'],
    queryFn: async () => new Catalog(await catalogGet()),
    staleTime: Number.POSITIVE_INFINITY,
  })
