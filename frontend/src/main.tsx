/** Mounts the page that the shell names in `data-page`; each page is a bundle of its own. */
import '@fontsource-variable/inter'
import '@fontsource-variable/jetbrains-mono'
import './ui/shell/tokens.css'
import './ui/shell/base.css'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { type ComponentType, createElement, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import type { PageProps } from './ui/page'

type Page = { default: ComponentType<PageProps> }

const pages: Record<string, () => Promise<Page>> = {
  library: () => import('./library/LibraryPage'),
  editor: () => import('./editor/EditorPage'),
  play: () => import('./play/PlayPage'),
  templates: () => import('./gallery/TemplatesPage'),
  runs: () => import('./run-pages/list/RunsPage'),
  run: () => import('./run-pages/detail/RunPage'),
  models: () => import('./models/ModelsPage'),
  runners: () => import('./runners/RunnersPage'),
  settings: () => import('./settings/SettingsPage'),
}

async function mount(): Promise<void> {
  const root = document.getElementById('root')
  const open = root && pages[root.dataset.page ?? '']
  if (!root || !open) return
  const { default: Page } = await open()
  const client = new QueryClient({
    defaultOptions: { queries: { retry: 1, refetchOnWindowFocus: false, staleTime: 60_000 } },
  })
  const { slug = '', user = '', allows = '' } = root.dataset
  const props = { slug, user, allows }
  createRoot(root).render(
    createElement(
      StrictMode,
      null,
      createElement(QueryClientProvider, { client }, createElement(Page, props)),
    ),
  )
}

void mount()
