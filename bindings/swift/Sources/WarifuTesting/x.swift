public import Warifu
