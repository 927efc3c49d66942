import { App } from 'cdk8s';
import { Chatbot } from './chart';

const app = new App();
new Chatbot(app, 'chatbot');
app.synth();
