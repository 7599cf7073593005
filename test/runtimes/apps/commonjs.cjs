const { OpenAI } = require('openai');
const { baseUrl, makeCalls } = require('./calls.cjs');

void makeCalls(OpenAI, baseUrl());
