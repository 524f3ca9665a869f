/** The files of an account: what the shell mounts at `/assets`. */
import { useQuery } from '@tanstack/react-query'
import { catalogGet } from '../api/workflows'
import { AssetBrowser } from '../ui/asset-list/AssetBrowser'
import { type Filters, parse, write } from '../ui/asset-list/filters'
import { texts } from '../ui/asset-list/texts'
import type { PageProps } from '../ui/page'
import { AppShell } from '../ui/shell/AppShell'
import { useQueryView } from '../ui/useQueryView'

const QUERY = { parse, write }

export default function AssetsPage({ user }: PageProps) {
  const [filters, show] = useQueryView<Filters>(QUERY)
  const catalog = useQuery({ queryKey: ['nodes'], queryFn: catalogGet })
  const names = new Map(catalog.data?.nodeTypes.map(node => [node.type, node.name]))
  return (
    <AppShell active="assets" user={user}>
      <AssetBrowser
        title={texts.assets}
        filters={filters}
        onFilters={show}
        nodeName={type => names.get(type) ?? type}
      />
    </AppShell>
  )
}
