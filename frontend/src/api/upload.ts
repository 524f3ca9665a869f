/** Sending a file with progress, which `fetch` does not report. */

import { cookie, failure } from './client'
import type { MediaReference, Upload } from './schema'
import { texts } from './texts'

/**
 * Upload a file and return the reference to keep in a document. `progress` hears 0 to 1.
 * Throws ApiError when the server refuses it and TypeError without a network.
 */
export function upload(file: File, progress: (share: number) => void): Promise<MediaReference> {
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest()
    sending.open('POST', '/api/uploads')
    sending.setRequestHeader('X-CSRFToken', cookie('csrftoken'))
    sending.responseType = 'json'
    sending.upload.onprogress = event => {
      if (event.lengthComputable) progress(event.loaded / event.total)
    }
    sending.onload = () => {
      if (sending.status >= 400) reject(failure(sending.status, sending.response))
      else resolve(reference(sending.response as Upload, file.name))
    }
    sending.onerror = () => reject(new TypeError(texts.theUploadWasCutOff))
    const form = new FormData()
    form.append('file', file, file.name)
    sending.send(form)
  })
}

/** Keep what belongs in a document; the rest of the response is for other callers. */
function reference(upload: Upload, name: string): MediaReference {
  const { id: _, contentType: _type, kind: _kind, ...reference } = upload
  return { name, ...reference }
}
