#version 330 core
#extension GL_ARB_gpu_shader5 : enable
#ifndef GL_ARB_gpu_shader5
#define precise
#endif
