/** Workflow files in and out, and the apps a step can call. */

import { call, cookie, failure, parse } from './client'
import type { App, Format, Imported, Workflow } from './schema'

/** Read a workflow file of any known format. Throws ApiError (400: it holds no workflow). */
export async function importFile(file: File): Promise<Imported> {
  const form = new FormData()
  form.append('file', file, file.name)
  const response = await fetch('/api/import', {
    method: 'POST',
    headers: { Accept: 'application/json', 'X-CSRFToken': cookie('csrftoken') },
    body: form,
    credentials: 'same-origin',
  })
  const data = parse(await response.text())
  if (!response.ok) throw failure(response.status, data)
  return data as Imported
}

/** Where a workflow is fetched as a file. */
export const exportUrl = (slug: string, format: Format | 'bundle') =>
  `/api/workflows/${encodeURIComponent(slug)}/export?${format === 'bundle' ? 'media=true' : `format=${format}`}`

/** The formats that can hold a workflow as it is saved. */
export const formatsOf = async (slug: string) =>
  (await call<Workflow>(`/api/workflows/${encodeURIComponent(slug)}`)).formats

/** The body that creates a workflow from what a file holds. */
export const bodyOf = ({ name, description, document }: Imported) => ({
  name,
  description,
  ...document,
})

/** Find apps by a part of their id, name or description. */
export const appsFind = (text: string, signal?: AbortSignal) =>
  call<App[]>(`/api/apps${text ? `?q=${encodeURIComponent(text.slice(0, 200))}` : ''}`, { signal })

/** Those of some apps that run here, with what they take and give. */
export const appsNamed = (ids: readonly string[]) =>
  call<App[]>(`/api/apps?${ids.map(id => `id=${encodeURIComponent(id)}`).join('&')}`)
