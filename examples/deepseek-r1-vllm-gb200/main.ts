import { App } from 'cdk8s';
import { DeepSeekOnVllm } from './chart';

const app = new App();
new DeepSeekOnVllm(app, 'deepseek-r1-vllm-gb200');
app.synth();
