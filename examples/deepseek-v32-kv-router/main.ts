import { App } from 'cdk8s';
import { DeepSeekV32 } from './chart';

const app = new App();
new DeepSeekV32(app, 'deepseek-v32-kv-router');
app.synth();
