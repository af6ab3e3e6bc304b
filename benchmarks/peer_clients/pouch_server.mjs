// The server's side of pouch.mjs: holds the documents, and changes some when asked.
import { createRequire } from 'node:module'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import express from 'express'
import PouchDB from 'pouchdb-node'
import memory from 'pouchdb-adapter-memory'
import { FreeServer, documents } from './office.mjs'

const require = createRequire(import.meta.url)
process.chdir(mkdtempSync(`${tmpdir()}/doorstep-pouch-`))
PouchDB.plugin(memory)
const InMemory = PouchDB.defaults({ adapter: 'memory' })
const docs = documents(process.argv[2])
const office = new InMemory('office')
const revs = new Map()
for (let at = 0; at < docs.length; at += 5000) {
  const some = docs.slice(at, at + 5000).map((doc) => ({ ...doc, _id: doc.id }))
  for (const put of await office.bulkDocs(some)) revs.set(put.id, put.rev)
}
const app = express()
app.use('/', require('express-pouchdb')(InMemory, { mode: 'minimumForPouchDB', logPath: 'log.txt', configPath: 'config.json' }))
const listening = app.listen(0, '127.0.0.1', () => process.send({ kind: 'ready', port: listening.address().port }))
process.on('message', async () => {
  const server = new FreeServer(docs)
  server.change('there')
  await office.bulkDocs(server.log.slice(docs.length).map((doc) => ({ ...doc, _id: doc.id, _rev: revs.get(doc.id) })))
  process.send({ kind: 'changed' })
})
