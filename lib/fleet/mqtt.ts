/** What is used of MQTT.js. The build makes one file of it, so that its packages need not be installed. */
export { connect } from 'mqtt';
