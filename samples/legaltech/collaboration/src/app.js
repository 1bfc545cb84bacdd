'use strict';

const express = require('express');

const DAY = 24 * 60 * 60;
const keepSeconds = Number(process.env.ROOM_DAYS || 14) * DAY;
const longest = Number(process.env.MAX_NOTE_LENGTH || 4000);
const ROOM = /^[a-z0-9-]{3,60}$/;

function application(redis) {
  const app = express();
  app.use(express.json({ limit: '64kb' }));

  app.get('/health', async (request, response) => {
    response.json({ redis: await redis.ping() });
  });

  app.param('room', (request, response, next, room) => {
    if (ROOM.test(room)) return next();
    response.status(400).json({ error: 'a room has 3 to 60 small letters, digits and hyphens' });
  });

  app.get('/rooms/:room/notes', async (request, response) => {
    const notes = await redis.lRange(`room:${request.params.room}`, 0, -1);
    response.json(notes.map((note) => JSON.parse(note)));
  });

  app.post('/rooms/:room/notes', async (request, response) => {
    const { author, text } = request.body;
    if (!author || !text || text.length > longest) {
      return response.status(400).json({ error: `author and text are needed, ${longest} characters at most` });
    }
    const key = `room:${request.params.room}`;
    const note = { author, text, at: new Date().toISOString() };
    await redis.multi().rPush(key, JSON.stringify(note)).expire(key, keepSeconds).exec();
    response.status(201).json(note);
  });

  return app;
}

module.exports = { application };
